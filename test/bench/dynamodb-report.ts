/** What calls cost on DynamoDB, as Markdown. */
import type { DynamodbRow } from './dynamodb.ts';
import { table } from './table.ts';

/** The part of the report. */
export function dynamodbPart(rows: readonly DynamodbRow[]): string[] {
  return [
    '## DynamoDB',
    "One call each, against DynamoDB Local. Bytes are those of the bodies; units are as the emulator counts them: DynamoDB itself counts at least one for each row asked for, also when it is not there. CPU is this side's, in ms a call: of the whole call without HTTP, of the bare SDK with the same commands, and what is above it.",
    table(
      [
        'call',
        'requests#',
        'rows read#',
        'bytes out#',
        'in#',
        'read units#',
        'write units#',
        'CPU ms#',
        'SDK ms#',
        'above#',
      ],
      rows.map((row) => [
        row.method,
        ...[row.requests, row.rowsRead, row.bytesSent, row.bytesReceived, row.readUnits, row.writeUnits].map(
          String,
        ),
        ...[row.cpu, row.sdkCpu, row.above.median].map((ms) => ms.toFixed(2)),
      ]),
    ),
  ];
}
