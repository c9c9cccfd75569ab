/** A folder to write into and what is printed meanwhile, anew for each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';

/** Registers the hooks; what it returns is filled in before each test. */
export function captured() {
  const test = { folder: '', said: '' };
  beforeEach(() => {
    test.folder = mkdtempSync(join(tmpdir(), 'rxproof-test-'));
    test.said = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      test.said += String(text);
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(test.folder, { recursive: true });
  });
  return test;
}
