/** The stages of the receive path, and which of them a step belongs to: that of the component that moves first. */
import type { StepInstance } from '../../src/model/network.ts';

export const STAGES = ['boot', 'device and interrupt', 'softirq', 'NAPI and backlog', 'IP, UDP, ICMP', 'socket', 'reader'] as const;

export type Stage = (typeof STAGES)[number];

const STAGE_OF: Readonly<Record<string, Stage>> = {
  boot: 'boot',
  wire: 'device and interrupt',
  nic: 'device and interrupt',
  ring: 'device and interrupt',
  vector: 'device and interrupt',
  handler: 'device and interrupt',
  ipi: 'device and interrupt',
  cpu: 'softirq',
  softirq: 'softirq',
  ksoftirqd: 'softirq',
  softnet: 'NAPI and backlog',
  napi: 'NAPI and backlog',
  poll: 'NAPI and backlog',
  rxList: 'NAPI and backlog',
  backlog: 'NAPI and backlog',
  ip: 'IP, UDP, ICMP',
  udp: 'IP, UDP, ICMP',
  icmp: 'IP, UDP, ICMP',
  limit: 'IP, UDP, ICMP',
  receive: 'socket',
  socket: 'socket',
  waitQueue: 'socket',
  holder: 'socket',
  reader: 'reader',
};

export function stageOf({ moves }: StepInstance): Stage {
  const family = moves[0]!.component.replace(/\..*$/, '');
  return STAGE_OF[family] ?? 'boot';
}
