/** Random tests draw the same values on every run; RXPROOF_SEED asks for others. */
import * as fc from 'fast-check';

const seed = Number(process.env['RXPROOF_SEED'] ?? 20_251_125);

fc.configureGlobal({ seed, includeErrorInReport: true });
