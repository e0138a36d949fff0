/** What holds for every user: how one begins, and which passwords are refused. */
import { RequestProblem } from "./problem.ts";

/** What every user begins with. */
export const NEW_USER = {
  siteIds: null,
  isEnabled: true,
  failedLogins: 0,
  lockedUntilMs: null,
  lastLoginAtMs: null,
} as const;

/** Length is what counts (NIST SP 800-63B); beyond it only what anybody would try first is refused. */
export function checkPassword(password: string, username: string): void {
  const plain = password.toLowerCase();
  const isGuessable =
    new Set(plain).size < 4 ||
    plain.includes(username.toLowerCase()) ||
    /^(password|passwort|platekit|administrator|qwertyuiop|1234567890)+[^a-z]*$/.test(plain) ||
    isSequence(plain);
  if (isGuessable) {
    throw new RequestProblem(422, "PASSWORD_WEAK", "This password is too easily guessed; take several words.");
  }
}

function isSequence(text: string): boolean {
  const steps = [...text].slice(1).map((character, i) => character.charCodeAt(0) - text.charCodeAt(i));
  return steps.every((step) => step === 1) || steps.every((step) => step === -1);
}
