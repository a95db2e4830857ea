// org.apache.flume.source.avro.AvroSourceProtocol. The text carries the licence as `doc` because the official build's
// does: its MD5 is the hash by which Java peers recognise it without a second round.
import { avroProtocol } from './handshake.ts'

/** The licence header that Flume's and Spark's protocols carry as `doc`. */
export const licence = [
  '* Licensed to the Apache Software Foundation (ASF) under one',
  ' * or more contributor license agreements.  See the NOTICE file',
  ' * distributed with this work for additional information',
  ' * regarding copyright ownership.  The ASF licenses this file',
  ' * to you under the Apache License, Version 2.0 (the',
  ' * "License"); you may not use this file except in compliance',
  ' * with the License.  You may obtain a copy of the License at',
  ' *',
  ' * http://www.apache.org/licenses/LICENSE-2.0',
  ' *',
  ' * Unless required by applicable law or agreed to in writing,',
  ' * software distributed under the License is distributed on an',
  ' * "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY',
  ' * KIND, either express or implied.  See the License for the',
  ' * specific language governing permissions and limitations',
  ' * under the License.',
].join('\n')

/** 1334 characters, MD5 86aadae2c45474c0fe93ffd0f2350a65, as Flume's class prints it. */
export const sourceProtocol = avroProtocol(
  JSON.stringify({
    protocol: 'AvroSourceProtocol',
    namespace: 'org.apache.flume.source.avro',
    doc: licence,
    types: [
      { type: 'enum', name: 'Status', symbols: ['OK', 'FAILED', 'UNKNOWN'] },
      {
        type: 'record',
        name: 'AvroFlumeEvent',
        fields: [
          { name: 'headers', type: { type: 'map', values: 'string' } },
          { name: 'body', type: 'bytes' },
        ],
      },
    ],
    messages: {
      append: { request: [{ name: 'event', type: 'AvroFlumeEvent' }], response: 'Status' },
      appendBatch: { request: [{ name: 'events', type: { type: 'array', items: 'AvroFlumeEvent' } }], response: 'Status' },
    },
  }),
)
