// Runs the dynalite DynamoDB emulator on loopback only, in memory: its own command line binds every interface.
//   node dynalite.mjs <folder of the installed dynalite package> <port>
// Prints "listening on <port>" once it accepts connections. It has no state worth a farewell: a signal ends it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

const [folder, port] = process.argv.slice(2);
if (!folder || !/^\d+$/.test(port ?? '')) {
  console.error('usage: node dynalite.mjs <dynalite package folder> <port>');
  process.exit(2);
}

const dynalite = createRequire(join(folder, 'package.json'))(folder);

// A table is made, changed and gone at once, where the real service takes seconds; DescribeTable tells when, as there.
const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on ${port}`));
