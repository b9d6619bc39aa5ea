/** What Apollo Sandbox opens with: the way in, and the question that the platform exists to answer. */
export const exampleDocument = `# 1. Log in with a demo account and copy the access token.
mutation LogIn {
  login(input: { email: "doctor@hospital.com", password: "the password that npm start printed" }) {
    session {
      accessToken
      expiresAt
      user {
        fullName
        role
      }
    }
    userErrors {
      code
      message
    }
  }
}

# 2. Add the header "Authorization: Bearer <access token>" and ask for a doctor's day.
query DoctorsDay {
  appointments(filter: { doctorId: "2" }, first: 50) {
    edges {
      node {
        dateTime
        duration
        type
        status
        reason
        patient {
          fullName
          age
          allergies
        }
      }
    }
  }
}
`;
