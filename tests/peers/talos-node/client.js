'use strict';
// Asks a node for its version and watches its status until it is running and ready:
// client.js <folder with ca.crt, client.crt and client.key> <host:port>. One JSON line for each answer.
const fs = require('node:fs');
const path = require('node:path');
const { grpc, MachineService, State } = require('./talos');

const [folder, address] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(folder, name));
const credentials = grpc.credentials.createSsl(read('ca.crt'), read('client.key'), read('client.crt'));
const say = (answer) => console.log(JSON.stringify(answer));
const deadline = Date.now() + 60_000;

const machine = new MachineService(address, credentials);
machine.Version({}, { deadline }, (error, reply) => {
  say(error ? { call: 'Version', code: error.code, details: error.details } : { call: 'Version', tag: reply.messages[0].version.tag });
  machine.ApplyConfiguration({ data: Buffer.from('x'), mode: 2 }, { deadline }, (refused) => {
    say({ call: 'ApplyConfiguration', code: refused?.code, details: refused?.details });
    watch();
  });
});

const watch = () => {
  const stream = new State(address, credentials)
    .Watch({ namespace: 'runtime', type: 'MachineStatuses.runtime.talos.dev', id: 'machine', api_version: 1 }, { deadline });
  let first = true;
  stream.on('data', (batch) => {
    if (first) say({ call: 'Watch', stands: batch.event.length === 0 });
    first = false;
    for (const { event_type, resource } of batch.event) {
      const spec = resource.spec.proto_spec;
      // stage is the first field, and ready the first one of the second.
      const ready = spec.length >= 6 && spec[2] === 0x12 && spec[4] === 0x08 && spec[5] === 1;
      say({ call: 'Watch', event_type, stage: spec[1], ready });
      if (spec[1] === 4 && ready) process.exit(0);
    }
  });
  stream.on('error', (error) => {
    say({ call: 'Watch', code: error.code, details: error.details });
    process.exit(1);
  });
};
