/** The longest life that access tokens can be given, in seconds: what a token of an earlier setting may still have. */
export const longestAccessTokenLife = 60 * 60;

/** The longest time for which a key can be published before it signs, in seconds. */
export const longestKeyPublication = 10 * 60;
