/**
 * The seven Avro schemas of ENPA, as texts: exactly what the facilitator (Rust) embeds in the files
 * it writes, without `doc` and blanks. A library that prints a parsed schema orders keys otherwise,
 * so these texts go into our containers as they are.
 * Source: ENPA section 6.1; prio-server avro-schema/*.avsc.
 */

const NAMESPACE = 'org.abetterinternet.prio.v1';
/** The modulus of FieldPrio2, 2^32 - 2^20 + 1. */
const PRIME = 4_293_918_721;

const UUID = { type: 'string', logicalType: 'uuid' };
const TIME = { type: 'long', logicalType: 'timestamp-millis' };

type Field = readonly [name: string, type: unknown, defaultValue?: number | null];

function schemaText(name: string, fields: readonly Field[]): string {
  return JSON.stringify({
    type: 'record',
    namespace: NAMESPACE,
    name,
    fields: fields.map(([field, type, value]) => ({
      name: field,
      type,
      ...(value === undefined ? {} : { default: value }),
    })),
  });
}

/** What the headers of a batch say about its contributions. */
const PARAMETERS: readonly Field[] = [
  ['name', 'string'],
  ['bins', 'int'],
  ['epsilon', 'double'],
  ['prime', 'long', PRIME],
  ['number_of_servers', 'int', 2],
  ['hamming_weight', ['int', 'null']],
];

export const ingestionHeaderSchema: string = schemaText('PrioIngestionHeader', [
  ['batch_uuid', UUID],
  ...PARAMETERS,
  ['batch_start_time', TIME],
  ['batch_end_time', TIME],
  ['packet_file_digest', 'bytes'],
]);

export const dataSharePacketSchema: string = schemaText('PrioDataSharePacket', [
  ['uuid', UUID],
  ['encrypted_payload', 'bytes'],
  ['encryption_key_id', ['null', 'string']],
  ['r_pit', 'long'],
  ['version_configuration', ['null', 'string']],
  ['device_nonce', ['null', 'bytes']],
]);

export const validityHeaderSchema: string = schemaText('PrioValidityHeader', [
  ['batch_uuid', UUID],
  ...PARAMETERS,
  ['packet_file_digest', 'bytes'],
]);

export const validityPacketSchema: string = schemaText('PrioValidityPacket', [
  ['uuid', UUID],
  ['f_r', 'long'],
  ['g_r', 'long'],
  ['h_r', 'long'],
]);

export const sumPartSchema: string = schemaText('PrioSumPart', [
  ['batch_uuids', { type: 'array', items: UUID }],
  // A sum part has the parameters of its ingestion headers, without defaults.
  ...PARAMETERS.map(([name, type]): Field => [name, type]),
  ['sum', { type: 'array', items: 'long' }],
  ['aggregation_start_time', TIME],
  ['aggregation_end_time', TIME],
  ['packet_file_digest', 'bytes'],
  ['total_individual_clients', 'long'],
]);

export const invalidPacketSchema: string = schemaText('PrioInvalidPacket', [['uuid', UUID]]);

export const batchSignatureSchema: string = schemaText('PrioBatchSignature', [
  ['batch_header_signature', 'bytes'],
  ['key_identifier', 'string'],
  ['batch_header', ['null', 'bytes'], null],
  ['packets', ['null', 'bytes'], null],
]);
