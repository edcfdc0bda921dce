'use strict';
// A Talos node as far as CAPHR's client needs one: node.js <folder with server.crt, server.key and, for a secured node, ca.crt> <version>
// Says "listening <port>" when it does and "cancelled <id>" when a caller gave up; ends when its standard input does.
const fs = require('node:fs');
const path = require('node:path');
const { grpc, MachineService, State, CREATED, UPDATED, versionSpec, statusSpec, item } = require('./talos');

const [folder, version] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(folder, name));
const secured = fs.existsSync(path.join(folder, 'ca.crt'));
const MAINTENANCE = 3;
const RUNNING = 4;

const refusal = (code, details, trailer) => {
  const metadata = new grpc.Metadata();
  metadata.set('talos-trailer', trailer ?? 'none');
  return { code, details, metadata };
};

const organizations = (call) => {
  const names = call.getAuthContext().sslPeerCertificate?.subject?.O ?? [];
  return Array.isArray(names) ? names : [names];
};

const machine = {
  Version: (call, reply) => reply(null, { messages: [{ version: { tag: version, os: 'linux', arch: 'amd64' } }] }),

  ApplyConfiguration: (call, reply) => {
    const text = call.request.data.toString();
    if (secured && !organizations(call).includes('os:admin')) reply(refusal(grpc.status.PERMISSION_DENIED, 'not authorized'));
    else if (text.includes('refuse')) reply(refusal(grpc.status.INVALID_ARGUMENT, `100% invalid: ü in ${text}`, 'seen'));
    else if (text.includes('busy')) reply(refusal(grpc.status.FAILED_PRECONDITION, 'another apply configuration is already in progress'));
    else reply(null, { messages: [{ warnings: [`mode ${call.request.mode}`], mode: call.request.mode }] });
  },
};

const state = {
  Get: (call, reply) => {
    const { id } = call.request;
    if (id === 'version') reply(null, { resource: item(call.request, 1, versionSpec(version)) });
    else if (id === 'never') call.on('cancelled', () => console.log(`cancelled ${id}`));
    else reply(refusal(grpc.status.NOT_FOUND, `resource ${id} doesn't exist`));
  },

  Watch: (call) => {
    const { id } = call.request;
    const tell = (event_type, number, stage, ready) => call.write({ event: [{ event_type, resource: item(call.request, number, statusSpec(stage, ready)) }] });
    call.on('cancelled', () => console.log(`cancelled ${id}`));
    call.write({ event: [] });
    tell(CREATED, 1, secured ? RUNNING : MAINTENANCE, id !== 'thousand');
    if (id === 'thousand') {
      for (let number = 2; number <= 1000; number++) tell(UPDATED, number, RUNNING, number === 1000);
      call.end();
    } else if (id === 'trailer') {
      call.emit('error', refusal(grpc.status.UNAVAILABLE, 'listener is going away', 'seen'));
    } else if (id === 'death') {
      // Only what has left the process before it dies counts as said.
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200);
    }
  },
};

const server = new grpc.Server();
server.addService(MachineService.service, machine);
server.addService(State.service, state);
const pair = [{ private_key: read('server.key'), cert_chain: read('server.crt') }];
const credentials = grpc.ServerCredentials.createSsl(secured ? read('ca.crt') : null, pair, secured);
server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
  if (error) throw error;
  console.log(`listening ${port}`);
});
process.stdin.resume().on('end', () => process.exit(0));
