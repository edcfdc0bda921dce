'use strict';
// What the node and the client have in common: the services, and the two specs they put into resources, encoded by hand.
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const loaded = grpc.loadPackageDefinition(loader.loadSync(
  ['machine.proto', 'state.proto'].map((file) => path.join(__dirname, file)),
  { keepCase: true, longs: Number, defaults: true }));

const CREATED = 0;
const UPDATED = 1;

// VersionSpec { version = 1 }
const versionSpec = (version) => Buffer.concat([Buffer.from([0x0a, version.length]), Buffer.from(version)]);

// MachineStatusSpec { stage = 1, status = 2 { ready = 1 } }
const statusSpec = (stage, ready) => Buffer.from([0x08, stage, 0x12, 0x02, 0x08, ready ? 1 : 0]);

const item = (request, version, proto_spec) =>
  ({ metadata: { namespace: request.namespace, type: request.type, id: request.id, version: String(version) }, spec: { proto_spec, yaml_spec: '' } });

module.exports = { grpc, MachineService: loaded.machine.MachineService, State: loaded.cosi.resource.State, CREATED, UPDATED, versionSpec, statusSpec, item };
