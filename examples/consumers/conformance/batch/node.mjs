// Runs the Node consumer for many cases in one process. For tests; an application does not need it. What goes in and out is
// described in python.py. Node has no fork: each command evaluates the program anew, by an address of its own, and shares its
// modules, which hold no state.
import readline from "node:readline";

let count = 0;
for await (const line of readline.createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, command.environment);
  process.argv.splice(2, Infinity, ...command.arguments);
  process.exitCode = undefined;
  let code;
  try {
    await import(`../../node/consumer.mjs?${count++}`);
    code = process.exitCode ?? 0;
  } catch (error) {
    console.error(error.stack);
    code = 1;
  }
  for (const stream of [process.stdout, process.stderr]) stream.write(`\x1e${code}\n`);
}
process.exitCode = 0;
