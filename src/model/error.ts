/** A mistake in a model: the message says who, which value, why it cannot work and what to do. */
export class ModelError extends Error {
  override readonly name: string = 'ModelError';
}

/** Bad use: an unknown name, a value out of range, an unreadable file. Ends the program with exit code 64 or above. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode: number;

  /** `exitCode` follows sysexits.h: 64 usage, 65 bad data, 66 no input, 69 a program or a kernel feature is missing, 73 cannot create, 77 not permitted. */
  constructor(message: string, exitCode: 64 | 65 | 66 | 69 | 73 | 77 = 64) {
    super(message);
    this.exitCode = exitCode;
  }
}
