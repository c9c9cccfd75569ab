// Node 20 does not pass loaders on to worker threads, so the worker brings its own.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
