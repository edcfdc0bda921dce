SELECT pg_catalog.set_config('search_path', '', false);
CREATE SCHEMA caphr;
CREATE FUNCTION caphr.append(ids text[], shards integer[], expectations bigint[], epochs bigint[], writes uuid[], append_numbers integer[], entry_numbers integer[], manifests text[], versions integer[], times text[], payloads json[]) RETURNS TABLE(is_appended boolean, present_epoch bigint, last_sequence bigint, present_write uuid)
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM caphr.take_turn();
  RETURN QUERY
  WITH asked AS (
    SELECT * FROM unnest(ids, shards, expectations, epochs, writes) WITH ORDINALITY AS asked (id, shard, expected, epoch, write, number)
  ), judged AS MATERIALIZED (
    SELECT asked.*, claim.epoch AS present_epoch, coalesce(last.sequence, 0) AS last_sequence,
           asked.epoch = claim.epoch AND asked.expected = coalesce(last.sequence, 0) AS is_appended
    FROM asked
    JOIN caphr.shards AS claim USING (shard)
    LEFT JOIN LATERAL (SELECT sequence FROM caphr.events WHERE persistence_id = asked.id ORDER BY sequence DESC LIMIT 1) AS last ON true
  ), entered AS (
    INSERT INTO caphr.events (persistence_id, sequence, shard, epoch, write_id, manifest, version, at, payload)
    SELECT judged.id, judged.expected + entry.entry_number, judged.shard, judged.epoch, judged.write, entry.manifest, entry.version, entry.at, entry.payload
    FROM unnest(append_numbers, entry_numbers, manifests, versions, times, payloads)
      AS entry (append_number, entry_number, manifest, version, at, payload)
    JOIN judged ON judged.number = entry.append_number
    WHERE judged.is_appended
    ORDER BY entry.append_number, entry.entry_number
  )
  SELECT judged.is_appended, judged.present_epoch, judged.last_sequence,
         CASE WHEN judged.expected < judged.last_sequence THEN
           (SELECT write_id FROM caphr.events WHERE persistence_id = judged.id AND sequence = judged.expected + 1)
         END
  FROM judged ORDER BY judged.number;
END $$;
CREATE FUNCTION caphr.append_group(ids text[], shards integer[], expectations bigint[], epochs bigint[], writes uuid[], sequences bigint[], manifests text[], versions integer[], times text[], payloads json[]) RETURNS TABLE(is_whole boolean, present_epoch bigint, last_sequence bigint, present_write uuid)
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
  written bigint;
BEGIN
  PERFORM caphr.take_turn();
  INSERT INTO caphr.events (persistence_id, sequence, shard, epoch, write_id, manifest, version, at, payload)
  SELECT asked.id, asked.sequence, asked.shard, asked.epoch, asked.write, asked.manifest, asked.version, asked.at, asked.payload
  FROM unnest(ids, shards, expectations, epochs, writes, sequences, manifests, versions, times, payloads) WITH ORDINALITY
    AS asked (id, shard, expected, epoch, write, sequence, manifest, version, at, payload, number)
  JOIN caphr.shards AS claim ON claim.shard = asked.shard AND claim.epoch = asked.epoch
  LEFT JOIN LATERAL (SELECT sequence FROM caphr.events WHERE persistence_id = asked.id ORDER BY sequence DESC LIMIT 1) AS last ON true
  WHERE asked.expected = coalesce(last.sequence, 0)
  ORDER BY asked.number;
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written = cardinality(ids) THEN
    RETURN QUERY SELECT true, NULL::bigint, NULL::bigint, NULL::uuid;
    RETURN;
  END IF;
  RETURN QUERY
  SELECT false, claim.epoch, coalesce(last.sequence, 0), (SELECT write_id FROM caphr.events WHERE persistence_id = asked.id AND sequence = asked.sequence)
  FROM unnest(ids, shards, expectations, sequences) WITH ORDINALITY AS asked (id, shard, expected, sequence, number)
  JOIN caphr.shards AS claim USING (shard)
  LEFT JOIN LATERAL (SELECT sequence FROM caphr.events WHERE persistence_id = asked.id ORDER BY sequence DESC LIMIT 1) AS last ON true
  WHERE asked.sequence = asked.expected + 1
  ORDER BY asked.number;
END $$;
CREATE FUNCTION caphr.take_turn() RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  PERFORM pg_advisory_xact_lock(288858589266);
END $$;
CREATE TABLE caphr.events (
    "position" bigint NOT NULL,
    persistence_id text NOT NULL COLLATE pg_catalog."C",
    sequence bigint NOT NULL,
    shard integer NOT NULL,
    epoch bigint NOT NULL,
    write_id uuid NOT NULL,
    manifest text NOT NULL,
    version integer NOT NULL,
    at text NOT NULL COLLATE pg_catalog."C",
    payload json NOT NULL
);
ALTER TABLE caphr.events ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME caphr.events_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE caphr.identity (
    id text
);
CREATE TABLE caphr.robot_logins (
    account text NOT NULL,
    print text NOT NULL,
    verdict text NOT NULL,
    until bigint NOT NULL
);
CREATE TABLE caphr.robot_pauses (
    account text NOT NULL,
    quota text NOT NULL,
    until bigint NOT NULL
);
CREATE TABLE caphr.robot_uses (
    account text NOT NULL,
    quota text NOT NULL,
    minute bigint NOT NULL,
    used bigint NOT NULL
);
CREATE TABLE caphr.schema_version (
    version integer NOT NULL
);
CREATE TABLE caphr.shards (
    shard integer NOT NULL,
    epoch bigint NOT NULL,
    owner text
);
CREATE TABLE caphr.snapshots (
    persistence_id text NOT NULL COLLATE pg_catalog."C",
    sequence bigint NOT NULL,
    shard integer NOT NULL,
    epoch bigint NOT NULL,
    manifest text NOT NULL,
    version integer NOT NULL,
    at text NOT NULL COLLATE pg_catalog."C",
    payload json NOT NULL
);
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (1, 'server-1001', 1, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.access-given', 1, '2026-03-01T03:00:00.1230000+00:00', '{"robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"at":"2026-03-01T03:00:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (2, 'server-1001', 2, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.identified', 1, '2026-03-01T03:01:00.1230000+00:00', '{"record":{"address":"192.0.2.7","ipv6Network":"2001:db8::","product":"AX52","datacenter":"FSN1-DC14","gateway":null},"at":"2026-03-01T03:01:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (3, 'server-1001', 3, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.claim-accepted', 1, '2026-03-01T03:02:00.1230000+00:00', '{"plan":{"claim":{"machineUid":"uid-1"},"machine":{"namespace":"metal","name":"cp-0"},"cluster":"demo","robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"image":"https://factory.talos.dev/image/x/v1.12.4/metal-amd64.raw.zst","talosVersion":"v1.12.4","providerId":"hetzner-robot://1001","disk":{"hint":"wwn=eui.1","mayDestroyForeignData":true},"guard":{"needsPermit":false,"permit":null},"node":{"hostname":null,"placesNetwork":false,"dhcp":false,"vlan":null,"addressFamilies":[],"resolvers":[],"timeServers":[],"sharedSecrets":null,"ephemeralSize":null,"dataVolumes":[]},"bootstrap":null,"talosSecrets":{"namespace":"metal","name":"demo-talos"},"alreadyNode":false,"onlyNamed":false,"retryToken":null,"quorum":null,"leavesEtcd":false},"at":"2026-03-01T03:02:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (4, 'server-1001', 4, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.plan-changed', 1, '2026-03-01T03:03:00.1230000+00:00', '{"plan":{"claim":{"machineUid":"uid-1"},"machine":{"namespace":"metal","name":"cp-0"},"cluster":"demo","robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"image":"https://factory.talos.dev/image/x/v1.12.4/metal-amd64.raw.zst","talosVersion":"v1.12.4","providerId":"hetzner-robot://1001","disk":{"hint":"wwn=eui.1","mayDestroyForeignData":true},"guard":{"needsPermit":false,"permit":null},"node":{"hostname":null,"placesNetwork":false,"dhcp":false,"vlan":null,"addressFamilies":[],"resolvers":[],"timeServers":[],"sharedSecrets":null,"ephemeralSize":null,"dataVolumes":[]},"bootstrap":{"namespace":"metal","name":"cp-0-bootstrap-data"},"talosSecrets":{"namespace":"metal","name":"demo-talos"},"alreadyNode":false,"onlyNamed":false,"retryToken":"again","quorum":null,"leavesEtcd":false},"at":"2026-03-01T03:03:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (5, 'server-1001', 5, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.rescue-intended', 1, '2026-03-01T03:04:00.1230000+00:00', '{"purpose":"install","until":"2026-03-01T04:04:00.123+00:00","asksNode":false,"at":"2026-03-01T03:04:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (6, 'server-1001', 6, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.work-paused', 1, '2026-03-01T03:05:00.1230000+00:00', '{"at":"2026-03-01T03:05:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (7, 'server-1001', 7, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.work-resumed', 1, '2026-03-01T03:06:00.1230000+00:00', '{"at":"2026-03-01T03:06:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (8, 'server-1001', 8, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.reset-intended', 1, '2026-03-01T03:07:00.1230000+00:00', '{"until":"2026-03-01T04:07:00.123+00:00","at":"2026-03-01T03:07:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (9, 'server-1001', 9, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.reset-pressed', 1, '2026-03-01T03:08:00.1230000+00:00', '{"known":true,"at":"2026-03-01T03:08:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (10, 'server-1001', 10, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.rescue-reached', 1, '2026-03-01T03:09:00.1230000+00:00', '{"hostKey":"SHA256:host","until":"2026-03-01T04:09:00.123+00:00","at":"2026-03-01T03:09:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (11, 'server-1001', 11, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.step-refused', 1, '2026-03-01T03:10:00.1230000+00:00', '{"reason":"SshLost","message":"The connection was cut.","retryAt":"2026-03-01T03:12:00.123+00:00","counted":true,"at":"2026-03-01T03:10:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (12, 'server-1001', 12, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.install-intended', 1, '2026-03-01T03:13:00.1230000+00:00', '{"boot":{"hostKey":"SHA256:host","primaryMac":"a8:a1:59:00:00:01","systemUuid":"5f0c6d9e"},"disk":{"name":"nvme0n1","serial":"S1","wwn":"eui.1","byId":"nvme-S1","sizeBytes":1000000000000,"rotational":false,"foreign":"lvm","model":null,"transport":null,"healthy":null,"wearPercent":null,"powerOnHours":null,"hasTalos":false},"until":"2026-03-01T04:13:00.123+00:00","at":"2026-03-01T03:13:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (13, 'server-1001', 13, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.image-written', 1, '2026-03-01T03:14:00.1230000+00:00', '{"bytes":1300000000,"sha256":"c0ffee","until":"2026-03-01T04:14:00.123+00:00","at":"2026-03-01T03:14:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (14, 'server-1001', 14, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.rescue-left', 1, '2026-03-01T03:15:00.1230000+00:00', '{"at":"2026-03-01T03:15:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (15, 'server-1001', 15, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.maintenance-reached', 1, '2026-03-01T03:16:00.1230000+00:00', '{"talos":{"pin":"pin","version":"v1.12.4"},"until":"2026-03-01T04:16:00.123+00:00","at":"2026-03-01T03:16:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (16, 'server-1001', 16, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.configuration-accepted', 1, '2026-03-01T03:17:00.1230000+00:00', '{"until":"2026-03-01T04:17:00.123+00:00","kept":[],"at":"2026-03-01T03:17:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (17, 'server-1001', 17, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.node-proven', 1, '2026-03-01T03:18:00.1230000+00:00', '{"talosVersion":"v1.12.4","at":"2026-03-01T03:18:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (18, 'server-1001', 18, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.rescue-intended', 1, '2026-03-01T04:40:00.1230000+00:00', '{"purpose":"release","until":"2026-03-01T05:40:00.123+00:00","asksNode":false,"at":"2026-03-01T04:40:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (19, 'server-1001', 19, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.reset-intended', 1, '2026-03-01T04:41:00.1230000+00:00', '{"until":"2026-03-01T05:41:00.123+00:00","at":"2026-03-01T04:41:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (20, 'server-1001', 20, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.reset-pressed', 1, '2026-03-01T04:42:00.1230000+00:00', '{"known":false,"at":"2026-03-01T04:42:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (21, 'server-1001', 21, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.rescue-reached', 1, '2026-03-01T04:43:00.1230000+00:00', '{"hostKey":"SHA256:other","until":"2026-03-01T05:43:00.123+00:00","at":"2026-03-01T04:43:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (22, 'server-1001', 22, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.wipe-intended', 1, '2026-03-01T04:44:00.1230000+00:00', '{"boot":{"hostKey":"SHA256:host","primaryMac":"a8:a1:59:00:00:01","systemUuid":"5f0c6d9e"},"disk":{"name":"nvme0n1","serial":"S1","wwn":null,"byId":"nvme-S1","sizeBytes":1000000000000,"rotational":false,"foreign":null,"model":null,"transport":null,"healthy":null,"wearPercent":null,"powerOnHours":null,"hasTalos":false},"until":"2026-03-01T05:44:00.123+00:00","at":"2026-03-01T04:44:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (23, 'server-1001', 23, 111, 0, '00000001-0000-0000-0000-000000000000', 'server.released', 1, '2026-03-01T04:45:00.1230000+00:00', '{"wiped":true,"at":"2026-03-01T04:45:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (24, 'server-1002', 1, 6, 0, '00000002-0000-0000-0000-000000000000', 'server.access-given', 1, '2026-03-01T03:00:00.1230000+00:00', '{"robot":null,"at":"2026-03-01T03:00:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (25, 'server-1002', 2, 6, 0, '00000002-0000-0000-0000-000000000000', 'server.identified', 1, '2026-03-01T03:01:00.1230000+00:00', '{"record":{"address":"192.0.2.7","ipv6Network":null,"product":"AX52","datacenter":"FSN1-DC14","gateway":null},"at":"2026-03-01T03:01:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (26, 'server-1002', 3, 6, 0, '00000002-0000-0000-0000-000000000000', 'server.claim-adopted', 1, '2026-03-01T03:02:00.1230000+00:00', '{"plan":{"claim":{"machineUid":"uid-1"},"machine":{"namespace":"metal","name":"cp-0"},"cluster":"demo","robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"image":"https://factory.talos.dev/image/x/v1.12.4/metal-amd64.raw.zst","talosVersion":"v1.12.4","providerId":"hetzner-robot://1001","disk":{"hint":"wwn=eui.1","mayDestroyForeignData":true},"guard":{"needsPermit":false,"permit":null},"node":{"hostname":null,"placesNetwork":false,"dhcp":false,"vlan":null,"addressFamilies":[],"resolvers":[],"timeServers":[],"sharedSecrets":null,"ephemeralSize":null,"dataVolumes":[]},"bootstrap":{"namespace":"metal","name":"cp-0-bootstrap-data"},"talosSecrets":{"namespace":"metal","name":"demo-talos"},"alreadyNode":true,"onlyNamed":false,"retryToken":"again","quorum":null,"leavesEtcd":false},"at":"2026-03-01T03:02:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (27, 'server-1002', 4, 6, 0, '00000002-0000-0000-0000-000000000000', 'server.gave-up', 1, '2026-03-01T03:03:00.1230000+00:00', '{"reason":"NodeNotFound","message":"No node answered.","at":"2026-03-01T03:03:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (28, 'server-1002', 5, 6, 0, '00000002-0000-0000-0000-000000000000', 'server.retry-asked', 1, '2026-03-01T03:04:00.1230000+00:00', '{"plan":{"claim":{"machineUid":"uid-1"},"machine":{"namespace":"metal","name":"cp-0"},"cluster":"demo","robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"image":"https://factory.talos.dev/image/x/v1.12.4/metal-amd64.raw.zst","talosVersion":"v1.12.4","providerId":"hetzner-robot://1001","disk":{"hint":"wwn=eui.1","mayDestroyForeignData":true},"guard":{"needsPermit":false,"permit":null},"node":{"hostname":null,"placesNetwork":false,"dhcp":false,"vlan":null,"addressFamilies":[],"resolvers":[],"timeServers":[],"sharedSecrets":null,"ephemeralSize":null,"dataVolumes":[]},"bootstrap":{"namespace":"metal","name":"cp-0-bootstrap-data"},"talosSecrets":{"namespace":"metal","name":"demo-talos"},"alreadyNode":true,"onlyNamed":false,"retryToken":"again","quorum":null,"leavesEtcd":false},"at":"2026-03-01T03:04:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (29, 'server-1003', 1, 44, 0, '00000003-0000-0000-0000-000000000000', 'server.access-given', 1, '2026-03-01T03:00:00.1230000+00:00', '{"robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"at":"2026-03-01T03:00:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (30, 'server-1003', 2, 44, 0, '00000003-0000-0000-0000-000000000000', 'server.identified', 1, '2026-03-01T03:01:00.1230000+00:00', '{"record":{"address":"192.0.2.7","ipv6Network":"2001:db8::","product":"AX52","datacenter":"FSN1-DC14","gateway":null},"at":"2026-03-01T03:01:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (31, 'server-1003', 3, 44, 0, '00000003-0000-0000-0000-000000000000', 'server.claim-accepted', 1, '2026-03-01T03:02:00.1230000+00:00', '{"plan":{"claim":{"machineUid":"uid-1"},"machine":{"namespace":"metal","name":"cp-0"},"cluster":"demo","robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"image":"https://factory.talos.dev/image/x/v1.12.4/metal-amd64.raw.zst","talosVersion":"v1.12.4","providerId":"hetzner-robot://1001","disk":{"hint":"wwn=eui.1","mayDestroyForeignData":true},"guard":{"needsPermit":false,"permit":null},"node":{"hostname":null,"placesNetwork":false,"dhcp":false,"vlan":null,"addressFamilies":[],"resolvers":[],"timeServers":[],"sharedSecrets":null,"ephemeralSize":null,"dataVolumes":[]},"bootstrap":{"namespace":"metal","name":"cp-0-bootstrap-data"},"talosSecrets":{"namespace":"metal","name":"demo-talos"},"alreadyNode":false,"onlyNamed":false,"retryToken":"again","quorum":null,"leavesEtcd":false},"at":"2026-03-01T03:02:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (32, 'server-1003', 4, 44, 0, '00000003-0000-0000-0000-000000000000', 'server.rescue-intended', 1, '2026-03-01T03:03:00.1230000+00:00', '{"purpose":"install","until":"2026-03-01T04:03:00.123+00:00","asksNode":false,"at":"2026-03-01T03:03:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (33, 'server-1003', 5, 44, 0, '00000003-0000-0000-0000-000000000000', 'server.reset-intended', 1, '2026-03-01T03:04:00.1230000+00:00', '{"until":"2026-03-01T04:04:00.123+00:00","at":"2026-03-01T03:04:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (34, 'server-1004', 1, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.access-given', 1, '2026-03-01T03:00:00.1230000+00:00', '{"robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"at":"2026-03-01T03:00:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (35, 'server-1004', 2, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.identified', 1, '2026-03-01T03:01:00.1230000+00:00', '{"record":{"address":"192.0.2.7","ipv6Network":"2001:db8::","product":"AX52","datacenter":"FSN1-DC14","gateway":null},"at":"2026-03-01T03:01:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (36, 'server-1004', 3, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.request-answered', 1, '2026-03-01T03:02:00.1230000+00:00', '{"request":"inspect","token":"monday","granted":true,"message":"It is inspected.","at":"2026-03-01T03:02:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (37, 'server-1004', 4, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.inspection-intended', 1, '2026-03-01T03:03:00.1230000+00:00', '{"robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"until":"2026-03-01T04:03:00.123+00:00","at":"2026-03-01T03:03:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (38, 'server-1004', 5, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.reset-intended', 1, '2026-03-01T03:04:00.1230000+00:00', '{"until":"2026-03-01T04:04:00.123+00:00","at":"2026-03-01T03:04:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (39, 'server-1004', 6, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.reset-pressed', 1, '2026-03-01T03:05:00.1230000+00:00', '{"known":true,"at":"2026-03-01T03:05:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (40, 'server-1004', 7, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.rescue-reached', 1, '2026-03-01T03:06:00.1230000+00:00', '{"hostKey":"SHA256:host","until":"2026-03-01T04:06:00.123+00:00","at":"2026-03-01T03:06:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (41, 'server-1004', 8, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.hardware-seen', 1, '2026-03-01T03:07:00.1230000+00:00', '{"hardware":{"boot":{"hostKey":"SHA256:host","primaryMac":"a8:a1:59:00:00:01","systemUuid":"5f0c6d9e"},"disks":[{"name":"nvme0n1","serial":"S1","wwn":"eui.1","byId":"nvme-S1","sizeBytes":1000000000000,"rotational":false,"foreign":"lvm","model":"SAMSUNG","transport":"nvme","healthy":false,"wearPercent":3,"powerOnHours":9000,"hasTalos":true}],"uefi":true,"cpus":16,"memoryMiB":65536,"networkMbit":1000,"architecture":"amd64","boardSerial":"B1"},"at":"2026-03-01T03:07:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (42, 'server-1004', 9, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.inspected', 1, '2026-03-01T03:08:00.1230000+00:00', '{"at":"2026-03-01T03:08:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (43, 'server-1004', 10, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.claim-adopted', 1, '2026-03-01T03:09:00.1230000+00:00', '{"plan":{"claim":{"machineUid":"uid-1"},"machine":{"namespace":"metal","name":"cp-0"},"cluster":"demo","robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"image":"https://factory.talos.dev/image/x/v1.12.4/metal-amd64.raw.zst","talosVersion":"v1.12.4","providerId":"hetzner-robot://1001","disk":{"hint":"wwn=eui.1","mayDestroyForeignData":true},"guard":{"needsPermit":false,"permit":null},"node":{"hostname":null,"placesNetwork":false,"dhcp":false,"vlan":null,"addressFamilies":[],"resolvers":[],"timeServers":[],"sharedSecrets":null,"ephemeralSize":null,"dataVolumes":[]},"bootstrap":{"namespace":"metal","name":"cp-0-bootstrap-data"},"talosSecrets":{"namespace":"metal","name":"demo-talos"},"alreadyNode":true,"onlyNamed":false,"retryToken":"again","quorum":null,"leavesEtcd":false},"at":"2026-03-01T03:09:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (44, 'server-1004', 11, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.node-proven', 1, '2026-03-01T03:10:00.1230000+00:00', '{"talosVersion":"v1.12.4","at":"2026-03-01T03:10:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (45, 'server-1004', 12, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.step-refused', 1, '2026-03-01T03:11:00.1230000+00:00', '{"reason":"LimitReached","message":"Later.","retryAt":"2026-03-01T03:12:00.123+00:00","counted":false,"at":"2026-03-01T03:11:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (46, 'server-1004', 13, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.wait-ended', 1, '2026-03-01T03:13:00.1230000+00:00', '{"at":"2026-03-01T03:13:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (47, 'server-1004', 14, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.repair-begun', 1, '2026-03-01T03:14:00.1230000+00:00', '{"order":{"id":"uid-request","cause":"healthCheck","resets":2,"patience":"00:10:00","wait":"00:10:00"},"at":"2026-03-01T03:14:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (48, 'server-1004', 15, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.reset-intended', 1, '2026-03-01T03:15:00.1230000+00:00', '{"until":"2026-03-01T03:25:00.123+00:00","at":"2026-03-01T03:15:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (49, 'server-1004', 16, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.reset-pressed', 1, '2026-03-01T03:16:00.1230000+00:00', '{"known":false,"at":"2026-03-01T03:16:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (50, 'server-1004', 17, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.node-returned', 1, '2026-03-01T03:17:00.1230000+00:00', '{"talosVersion":"v1.12.4","at":"2026-03-01T03:17:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (51, 'server-1004', 18, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.repair-ended', 1, '2026-03-01T03:18:00.1230000+00:00', '{"returned":true,"at":"2026-03-01T03:18:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (52, 'server-1004', 19, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.rescue-intended', 1, '2026-03-01T04:40:00.1230000+00:00', '{"purpose":"release","until":"2026-03-01T05:40:00.123+00:00","asksNode":true,"at":"2026-03-01T04:40:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (53, 'server-1004', 20, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.dismissal-intended', 1, '2026-03-01T04:41:00.1230000+00:00', '{"at":"2026-03-01T04:41:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (54, 'server-1004', 21, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.node-dismissed', 1, '2026-03-01T04:42:00.1230000+00:00', '{"at":"2026-03-01T04:42:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (55, 'server-1004', 22, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.quarantined', 1, '2026-03-01T04:43:00.1230000+00:00', '{"reason":"SystemDiskUnknown","message":"Two disks hold a Talos.","ends":null,"at":"2026-03-01T04:43:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (56, 'server-1004', 23, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.doubted', 1, '2026-03-01T04:43:00.1230000+00:00', '{"reason":"NodeNotHealed","message":"Dead.","at":"2026-03-01T04:43:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (57, 'server-1004', 24, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.wipe-asked', 1, '2026-03-01T04:44:00.1230000+00:00', '{"plan":{"claim":{"machineUid":"uid-1"},"machine":{"namespace":"metal","name":"cp-0"},"cluster":"demo","robot":{"credentials":{"namespace":"metal","name":"robot"},"sshKey":{"namespace":"metal","name":"ssh"}},"image":"https://factory.talos.dev/image/x/v1.12.4/metal-amd64.raw.zst","talosVersion":"v1.12.4","providerId":"hetzner-robot://1001","disk":{"hint":"wwn=eui.1","mayDestroyForeignData":true},"guard":{"needsPermit":false,"permit":null},"node":{"hostname":null,"placesNetwork":false,"dhcp":false,"vlan":null,"addressFamilies":[],"resolvers":[],"timeServers":[],"sharedSecrets":null,"ephemeralSize":null,"dataVolumes":[]},"bootstrap":{"namespace":"metal","name":"cp-0-bootstrap-data"},"talosSecrets":{"namespace":"metal","name":"demo-talos"},"alreadyNode":true,"onlyNamed":false,"retryToken":"again","quorum":null,"leavesEtcd":false},"until":"2026-03-01T05:44:00.123+00:00","at":"2026-03-01T04:44:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (58, 'server-1004', 25, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.quarantined', 1, '2026-03-01T04:45:00.1230000+00:00', '{"reason":"SystemDiskUnknown","message":"Two disks hold a Talos.","ends":null,"at":"2026-03-01T04:45:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (59, 'server-1004', 26, 123, 0, '00000004-0000-0000-0000-000000000000', 'server.quarantine-lifted', 1, '2026-03-01T04:46:00.1230000+00:00', '{"at":"2026-03-01T04:46:00.123+00:00"}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (60, 'diary', 1, 47, 0, '00000005-0000-0000-0000-000000000000', 'noted', 3, '2026-03-01T03:00:00.1230000+00:00', '{"number":1}');
INSERT INTO caphr.events OVERRIDING SYSTEM VALUE VALUES (61, 'diary', 2, 47, 0, '00000005-0000-0000-0000-000000000000', 'noted', 3, '2026-03-01T03:00:00.1230000+00:00', '{"number":2}');
INSERT INTO caphr.identity VALUES ('8679091d-e48e-4a3e-9cbf-c7d54e7fab16');
INSERT INTO caphr.schema_version VALUES (5);
INSERT INTO caphr.shards VALUES (0, 0, NULL);
INSERT INTO caphr.shards VALUES (1, 0, NULL);
INSERT INTO caphr.shards VALUES (2, 0, NULL);
INSERT INTO caphr.shards VALUES (3, 0, NULL);
INSERT INTO caphr.shards VALUES (4, 0, NULL);
INSERT INTO caphr.shards VALUES (5, 0, NULL);
INSERT INTO caphr.shards VALUES (6, 0, NULL);
INSERT INTO caphr.shards VALUES (7, 0, NULL);
INSERT INTO caphr.shards VALUES (8, 0, NULL);
INSERT INTO caphr.shards VALUES (9, 0, NULL);
INSERT INTO caphr.shards VALUES (10, 0, NULL);
INSERT INTO caphr.shards VALUES (11, 0, NULL);
INSERT INTO caphr.shards VALUES (12, 0, NULL);
INSERT INTO caphr.shards VALUES (13, 0, NULL);
INSERT INTO caphr.shards VALUES (14, 0, NULL);
INSERT INTO caphr.shards VALUES (15, 0, NULL);
INSERT INTO caphr.shards VALUES (16, 0, NULL);
INSERT INTO caphr.shards VALUES (17, 0, NULL);
INSERT INTO caphr.shards VALUES (18, 0, NULL);
INSERT INTO caphr.shards VALUES (19, 0, NULL);
INSERT INTO caphr.shards VALUES (20, 0, NULL);
INSERT INTO caphr.shards VALUES (21, 0, NULL);
INSERT INTO caphr.shards VALUES (22, 0, NULL);
INSERT INTO caphr.shards VALUES (23, 0, NULL);
INSERT INTO caphr.shards VALUES (24, 0, NULL);
INSERT INTO caphr.shards VALUES (25, 0, NULL);
INSERT INTO caphr.shards VALUES (26, 0, NULL);
INSERT INTO caphr.shards VALUES (27, 0, NULL);
INSERT INTO caphr.shards VALUES (28, 0, NULL);
INSERT INTO caphr.shards VALUES (29, 0, NULL);
INSERT INTO caphr.shards VALUES (30, 0, NULL);
INSERT INTO caphr.shards VALUES (31, 0, NULL);
INSERT INTO caphr.shards VALUES (32, 0, NULL);
INSERT INTO caphr.shards VALUES (33, 0, NULL);
INSERT INTO caphr.shards VALUES (34, 0, NULL);
INSERT INTO caphr.shards VALUES (35, 0, NULL);
INSERT INTO caphr.shards VALUES (36, 0, NULL);
INSERT INTO caphr.shards VALUES (37, 0, NULL);
INSERT INTO caphr.shards VALUES (38, 0, NULL);
INSERT INTO caphr.shards VALUES (39, 0, NULL);
INSERT INTO caphr.shards VALUES (40, 0, NULL);
INSERT INTO caphr.shards VALUES (41, 0, NULL);
INSERT INTO caphr.shards VALUES (42, 0, NULL);
INSERT INTO caphr.shards VALUES (43, 0, NULL);
INSERT INTO caphr.shards VALUES (44, 0, NULL);
INSERT INTO caphr.shards VALUES (45, 0, NULL);
INSERT INTO caphr.shards VALUES (46, 0, NULL);
INSERT INTO caphr.shards VALUES (47, 0, NULL);
INSERT INTO caphr.shards VALUES (48, 0, NULL);
INSERT INTO caphr.shards VALUES (49, 0, NULL);
INSERT INTO caphr.shards VALUES (50, 0, NULL);
INSERT INTO caphr.shards VALUES (51, 0, NULL);
INSERT INTO caphr.shards VALUES (52, 0, NULL);
INSERT INTO caphr.shards VALUES (53, 0, NULL);
INSERT INTO caphr.shards VALUES (54, 0, NULL);
INSERT INTO caphr.shards VALUES (55, 0, NULL);
INSERT INTO caphr.shards VALUES (56, 0, NULL);
INSERT INTO caphr.shards VALUES (57, 0, NULL);
INSERT INTO caphr.shards VALUES (58, 0, NULL);
INSERT INTO caphr.shards VALUES (59, 0, NULL);
INSERT INTO caphr.shards VALUES (60, 0, NULL);
INSERT INTO caphr.shards VALUES (61, 0, NULL);
INSERT INTO caphr.shards VALUES (62, 0, NULL);
INSERT INTO caphr.shards VALUES (63, 0, NULL);
INSERT INTO caphr.shards VALUES (64, 0, NULL);
INSERT INTO caphr.shards VALUES (65, 0, NULL);
INSERT INTO caphr.shards VALUES (66, 0, NULL);
INSERT INTO caphr.shards VALUES (67, 0, NULL);
INSERT INTO caphr.shards VALUES (68, 0, NULL);
INSERT INTO caphr.shards VALUES (69, 0, NULL);
INSERT INTO caphr.shards VALUES (70, 0, NULL);
INSERT INTO caphr.shards VALUES (71, 0, NULL);
INSERT INTO caphr.shards VALUES (72, 0, NULL);
INSERT INTO caphr.shards VALUES (73, 0, NULL);
INSERT INTO caphr.shards VALUES (74, 0, NULL);
INSERT INTO caphr.shards VALUES (75, 0, NULL);
INSERT INTO caphr.shards VALUES (76, 0, NULL);
INSERT INTO caphr.shards VALUES (77, 0, NULL);
INSERT INTO caphr.shards VALUES (78, 0, NULL);
INSERT INTO caphr.shards VALUES (79, 0, NULL);
INSERT INTO caphr.shards VALUES (80, 0, NULL);
INSERT INTO caphr.shards VALUES (81, 0, NULL);
INSERT INTO caphr.shards VALUES (82, 0, NULL);
INSERT INTO caphr.shards VALUES (83, 0, NULL);
INSERT INTO caphr.shards VALUES (84, 0, NULL);
INSERT INTO caphr.shards VALUES (85, 0, NULL);
INSERT INTO caphr.shards VALUES (86, 0, NULL);
INSERT INTO caphr.shards VALUES (87, 0, NULL);
INSERT INTO caphr.shards VALUES (88, 0, NULL);
INSERT INTO caphr.shards VALUES (89, 0, NULL);
INSERT INTO caphr.shards VALUES (90, 0, NULL);
INSERT INTO caphr.shards VALUES (91, 0, NULL);
INSERT INTO caphr.shards VALUES (92, 0, NULL);
INSERT INTO caphr.shards VALUES (93, 0, NULL);
INSERT INTO caphr.shards VALUES (94, 0, NULL);
INSERT INTO caphr.shards VALUES (95, 0, NULL);
INSERT INTO caphr.shards VALUES (96, 0, NULL);
INSERT INTO caphr.shards VALUES (97, 0, NULL);
INSERT INTO caphr.shards VALUES (98, 0, NULL);
INSERT INTO caphr.shards VALUES (99, 0, NULL);
INSERT INTO caphr.shards VALUES (100, 0, NULL);
INSERT INTO caphr.shards VALUES (101, 0, NULL);
INSERT INTO caphr.shards VALUES (102, 0, NULL);
INSERT INTO caphr.shards VALUES (103, 0, NULL);
INSERT INTO caphr.shards VALUES (104, 0, NULL);
INSERT INTO caphr.shards VALUES (105, 0, NULL);
INSERT INTO caphr.shards VALUES (106, 0, NULL);
INSERT INTO caphr.shards VALUES (107, 0, NULL);
INSERT INTO caphr.shards VALUES (108, 0, NULL);
INSERT INTO caphr.shards VALUES (109, 0, NULL);
INSERT INTO caphr.shards VALUES (110, 0, NULL);
INSERT INTO caphr.shards VALUES (112, 0, NULL);
INSERT INTO caphr.shards VALUES (113, 0, NULL);
INSERT INTO caphr.shards VALUES (114, 0, NULL);
INSERT INTO caphr.shards VALUES (115, 0, NULL);
INSERT INTO caphr.shards VALUES (116, 0, NULL);
INSERT INTO caphr.shards VALUES (117, 0, NULL);
INSERT INTO caphr.shards VALUES (118, 0, NULL);
INSERT INTO caphr.shards VALUES (119, 0, NULL);
INSERT INTO caphr.shards VALUES (120, 0, NULL);
INSERT INTO caphr.shards VALUES (121, 0, NULL);
INSERT INTO caphr.shards VALUES (122, 0, NULL);
INSERT INTO caphr.shards VALUES (123, 0, NULL);
INSERT INTO caphr.shards VALUES (124, 0, NULL);
INSERT INTO caphr.shards VALUES (125, 0, NULL);
INSERT INTO caphr.shards VALUES (126, 0, NULL);
INSERT INTO caphr.shards VALUES (127, 0, NULL);
INSERT INTO caphr.shards VALUES (111, 7, 'caphr-0');
INSERT INTO caphr.snapshots VALUES ('diary', 1, 47, 0, 'noted', 3, '2026-03-01T03:00:00.1230000+00:00', '{"number":1}');
SELECT pg_catalog.setval('caphr.events_position_seq', 61, true);
ALTER TABLE ONLY caphr.events
    ADD CONSTRAINT events_persistence_id_sequence_key UNIQUE (persistence_id, sequence);
ALTER TABLE ONLY caphr.events
    ADD CONSTRAINT events_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY caphr.robot_logins
    ADD CONSTRAINT robot_logins_pkey PRIMARY KEY (account, print);
ALTER TABLE ONLY caphr.robot_pauses
    ADD CONSTRAINT robot_pauses_pkey PRIMARY KEY (account, quota);
ALTER TABLE ONLY caphr.robot_uses
    ADD CONSTRAINT robot_uses_pkey PRIMARY KEY (account, quota, minute);
ALTER TABLE ONLY caphr.shards
    ADD CONSTRAINT shards_pkey PRIMARY KEY (shard);
ALTER TABLE ONLY caphr.snapshots
    ADD CONSTRAINT snapshots_pkey PRIMARY KEY (persistence_id);
CREATE INDEX events_by_shard ON caphr.events USING btree (shard);
CREATE INDEX snapshots_by_shard ON caphr.snapshots USING btree (shard);
