// Pushes with prom-client.
//   node push.cjs <url> <job> <step>
// PUSH_USER and PUSH_SECRET hold a credential.
'use strict';

const process = require('node:process');
const client = require('prom-client');

const [url, job, step] = process.argv.slice(2);
const { PUSH_USER: user, PUSH_SECRET: secret } = process.env;
const registry = new client.Registry();
const gateway = new client.Pushgateway(url, user ? { auth: `${user}:${secret}` } : {}, registry);

const registers = [registry];
const load = value => new client.Gauge({ name: 'batch_load', help: 'The load.', registers }).set(value);

const group = { jobName: job, groupings: { instance: 'host-1' } };
const keys = [
  // The library sends a slash as %2F, which separates in a Pushgateway: this is {instance="x", rack="7"}.
  { jobName: job, groupings: { instance: 'x/rack/7' } },
  { jobName: job, groupings: { instance: '' } },
  { jobName: job, groupings: { city: 'Köln Süd' } },
  { jobName: job, groupings: { b: '2', a: '1' } },
];

const steps = {
  push() {
    load(21.5);
    new client.Counter({ name: 'batch_runs_total', help: 'The runs.', registers }).inc(3);
    const duration = new client.Histogram({
      name: 'batch_duration_seconds', help: 'How long.', buckets: [0.1, 1, 10], registers,
    });
    duration.observe(0.5);
    duration.observe(2);
    return gateway.push(group);
  },
  add() {
    load(22.5);
    return gateway.pushAdd(group);
  },
  replace() {
    load(-3);
    return gateway.push(group);
  },
  delete: () => gateway.delete(group),
  async keys() {
    new client.Gauge({ name: 'batch_key', help: 'Is there.', labelNames: ['client'], registers }).set({ client: job }, 1);
    for (const key of keys) {
      await gateway.push(key);
    }
  },
  async forget() {
    for (const key of keys) {
      await gateway.delete(key);
    }
  },
};

steps[step]().catch(error => {
  console.error(error.message);
  process.exitCode = 1;
});
