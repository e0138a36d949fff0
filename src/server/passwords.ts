/** Passwords as scrypt hashes in the PHC string form, so that the cost can grow and old hashes still verify. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** log2 of scrypt's N; r and p are 8 and 1. */
export interface PasswordCost {
  readonly logN: number;
}

/** N = 2^17, r = 8, p = 1: the first choice of OWASP's Password Storage Cheat Sheet for scrypt. 128 MiB a hash. */
export const PASSWORD_COST: PasswordCost = { logN: 17 };

const BLOCK_SIZE = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;

/** Hashes at once: each takes 128 MiB, and logins must not starve everything else of threads. */
const MAX_AT_ONCE = 2;
/** Logins that may wait; beyond it they are refused, see `isBusy`. */
const MAX_WAITING = 32;

export interface Passwords {
  hash(password: string): Promise<string>;
  /** `needsRehash`: the password is right and its hash was made at another cost. */
  verify(password: string, hash: string): Promise<{ readonly isRight: boolean; readonly needsRehash: boolean }>;
  /** Takes as long as verifying, so that a name that does not exist can't be told by time. */
  verifyNobody(password: string): Promise<void>;
  /** Whether so many wait that one more should be told to come back later. */
  isBusy(): boolean;
}

export function createPasswords(cost: PasswordCost = PASSWORD_COST): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function derive(password: string, salt: Buffer, { logN }: PasswordCost): Promise<Buffer> {
    while (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await new Promise((resolve, reject) => {
        const memory = 128 * BLOCK_SIZE * 2 ** logN;
        const options = { N: 2 ** logN, r: BLOCK_SIZE, p: PARALLEL, maxmem: memory * 2 };
        // Composed and decomposed letters are one password, as typed on different keyboards.
        scrypt(password.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      });
    } finally {
      running--;
      waiting.shift()?.();
    }
  }

  const nobody = `$scrypt$ln=${cost.logN},r=${BLOCK_SIZE},p=${PARALLEL}$${"A".repeat(22)}$${"A".repeat(43)}`;

  async function verify(password: string, hash: string) {
    const parsed = parseHash(hash);
    if (parsed === null) return { isRight: false, needsRehash: false };
    const key = await derive(password, parsed.salt, parsed);
    const isRight = key.length === parsed.key.length && timingSafeEqual(key, parsed.key);
    return { isRight, needsRehash: isRight && parsed.logN !== cost.logN };
  }

  return {
    async hash(password) {
      const salt = randomBytes(16);
      const key = await derive(password, salt, cost);
      return `$scrypt$ln=${cost.logN},r=${BLOCK_SIZE},p=${PARALLEL}$${unpadded(salt)}$${unpadded(key)}`;
    },
    verify,
    async verifyNobody(password) {
      await verify(password, nobody);
    },
    isBusy: () => waiting.length >= MAX_WAITING,
  };
}

function parseHash(hash: string): { logN: number; salt: Buffer; key: Buffer } | null {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=8,p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hash);
  const logN = Number(match?.[1]);
  // A hash of a tampered database must not be able to ask for all memory.
  if (match === null || logN < 10 || logN > 20) return null;
  return { logN, salt: Buffer.from(match[2]!, "base64"), key: Buffer.from(match[3]!, "base64") };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
