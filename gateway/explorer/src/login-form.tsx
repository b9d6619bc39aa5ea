import { useActionState, type ReactNode } from 'react';

/** Logs in with e-mail and password, and says why when it did not. */
export function LoginForm({
  notice,
  logIn,
}: {
  /** What is to be said before anybody tries to log in; null for nothing. */
  readonly notice: string | null;
  /** Resolves to the reason of a refusal, null on success. */
  readonly logIn: (email: string, password: string) => Promise<string | null>;
}): ReactNode {
  const [attempt, submit, pending] = useActionState<Attempt, FormData>(
    async (_previous, form) => {
      const email = textOf(form, 'email').trim();
      return { email, refusal: await logIn(email, textOf(form, 'password')) };
    },
    { email: '', refusal: null },
  );
  const message = pending ? null : (attempt.refusal ?? notice);
  return (
    <form className="login" action={submit} aria-label="Log in">
      <label className="field">
        <span>E-mail</span>
        <input
          name="email"
          type="email"
          autoComplete="username"
          required
          defaultValue={attempt.email}
          aria-describedby="login-message"
        />
      </label>
      <label className="field">
        <span>Password</span>
        <input
          name="password"
          type="password"
          autoComplete="current-password"
          required
          aria-describedby="login-message"
        />
      </label>
      <button type="submit" className="button button-primary" disabled={pending}>
        {pending ? 'Logging in…' : 'Log in'}
      </button>
      <p id="login-message" className="login-message" role="alert">
        {message}
      </p>
    </form>
  );
}

interface Attempt {
  readonly email: string;
  readonly refusal: string | null;
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
