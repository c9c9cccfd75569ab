/**
 * Which of the cited kernel functions does a kernel tree define, and in which file? Names only.
 *
 *     npm run symbols -- TREE PROFILE VERSION
 *
 * rewrites the list of PROFILE in symbols.json beside this file. TREE is an unpacked kernel source; Debian has some as
 * packages, `apt-get install linux-source-6.1 linux-source-6.12`, which put them under /usr/src.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SYMBOLS } from '../../models/kernel/symbols.ts';
import { readSymbols, SYMBOLS_FILE } from './symbols.ts';

/** The part of a tree that a receive path is made of: files, and folders without what is below them. */
const PLACES = [
  'init/main.c',
  'kernel/softirq.c',
  'kernel/smpboot.c',
  'kernel/kthread.c',
  'kernel/smp.c',
  'kernel/irq',
  'kernel/sched',
  'kernel/time',
  'net/socket.c',
  'net/core',
  'net/ipv4',
  'net/packet',
  'net/netfilter',
  'net/8021q',
  'net/bridge',
  'drivers/net/bonding',
  'fs/eventpoll.c',
  'fs/select.c',
  'kernel/signal.c',
  'drivers/net/veth.c',
  'drivers/net/virtio_net.c',
  'drivers/net/loopback.c',
  'drivers/net/ethernet/intel/igb',
  'drivers/net/ethernet/intel/e1000e',
  'arch/x86/kernel/irq.c',
  'include/linux',
  'include/net',
];

/** The definition of `name` in C: a function with its body, a macro, or a system call. */
function definition(name: string): RegExp {
  const call = name.startsWith('sys_') ? `|^SYSCALL_DEFINE\\d\\(${name.slice('sys_'.length)},` : '';
  return new RegExp(`^(?:[A-Za-z_][^\\n;{}()]*[\\s*])?${name}\\s*\\([^;{}]*\\)[^;{}]*\\{|^#\\s*define\\s+${name}\\b${call}`, 'm');
}

function filesIn(tree: string): readonly { readonly path: string; readonly text: string }[] {
  const paths = PLACES.flatMap((place) => {
    const full = join(tree, place);
    if (!existsSync(full)) return [];
    return statSync(full).isFile()
      ? [place]
      : readdirSync(full)
          .sort()
          .map((name) => join(place, name));
  });
  return paths.filter((path) => /\.[ch]$/.test(path)).map((path) => ({ path, text: readFileSync(join(tree, path), 'utf8') }));
}

const [tree = '', profile, version] = process.argv.slice(2);
if (profile === undefined || version === undefined || !existsSync(join(tree, 'net/core/dev.c'))) {
  process.stderr.write(
    `usage: npm run symbols -- TREE PROFILE VERSION\n'${tree}' is no unpacked kernel source: it has no net/core/dev.c\n`,
  );
  process.exit(64);
}

const files = filesIn(tree);
const symbols = Object.fromEntries(
  [...SYMBOLS].sort().flatMap((name) => {
    const pattern = definition(name);
    const file = files.find(({ text }) => pattern.test(text));
    return file === undefined ? [] : [[name, file.path]];
  }),
);
writeFileSync(SYMBOLS_FILE, `${JSON.stringify({ ...readSymbols(), [profile]: { version, symbols } }, null, 2)}\n`);
process.stdout.write(`${profile}: Linux ${version} defines ${Object.keys(symbols).length} of ${SYMBOLS.length} cited functions\n`);
process.stdout.write(`not there: ${SYMBOLS.filter((name) => !(name in symbols)).join(', ')}\n`);
