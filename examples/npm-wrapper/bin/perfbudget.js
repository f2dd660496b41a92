#!/usr/bin/env node
'use strict';
// Starts the program of the platform's package with the same arguments, streams and environment, and ends as it does.
// Nothing is downloaded, and no script runs at installation.
const { spawn } = require('node:child_process');
const os = require('node:os');

const name = `@perfbudget/${process.platform}-${process.arch}`;

function find() {
  if (process.env.PERFBUDGET_BINARY) return process.env.PERFBUDGET_BINARY;
  try {
    return require.resolve(`${name}/bin/perfbudget`);
  } catch {
    console.error(
      `perfbudget: there is no ${name} here. There are packages for linux-x64 and linux-arm64; ` +
        'where yours is one of them, install without --no-optional (--omit=optional).');
    process.exit(4);
  }
}

// A signal for the group reaches the child by itself; one for this process alone is passed on. Listening begins
// before there is a child, so that none is left behind.
let child;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child && child.kill(signal));
child = spawn(find(), process.argv.slice(2), { stdio: 'inherit' });
child.on('error', (error) => {
  console.error(`perfbudget: could not start: ${error.message}`);
  process.exit(4);
});
child.on('exit', (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : code));
