// Runs the fauxqs SQS emulator on loopback only: its own command line binds every interface.
//   node fauxqs.mjs <folder of the installed fauxqs package> <port>
// Prints "listening on <port>" once it accepts connections.
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const [folder, port] = process.argv.slice(2);
if (!folder || !/^\d+$/.test(port ?? '')) {
  console.error('usage: node fauxqs.mjs <fauxqs package folder> <port>');
  process.exit(2);
}

const load = (...path) => import(pathToFileURL(join(folder, 'dist', ...path)).href);
const { buildApp } = await load('app.js');
const { SqsStore } = await load('sqs', 'sqsStore.js');

// By default queue URLs name sqs.<region>.localhost, which does not resolve everywhere, and a queue is found only by
// the very URL that was handed out. Without a host they carry the address that the client asked.
const sqsStore = new SqsStore();
sqsStore.host = '';

const app = buildApp({ logger: false, stores: { sqsStore } });
await app.listen({ host: '127.0.0.1', port: Number(port) });
console.log(`listening on ${port}`);

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, async () => {
    await app.close();
    process.exit(0);
  });
}
