// interceptor `host`: the name or address of the machine that the agent runs on.
import { hostname, networkInterfaces } from 'node:os'
import { boolean, string } from '../../../src-shared/spec/property.ts'
import { defineInterceptor } from '../../component/define.ts'
import { setHeader } from './set-header.ts'

export const definition = defineInterceptor({
  type: 'host',
  className: 'org.apache.flume.interceptor.HostInterceptor$Builder',
  summary: 'Adds the address or name of this machine as a header.',
  properties: {
    hostHeader: string().default('host').describe('Name of the header.'),
    useIP: boolean().default(true).describe('The address; false: the name.'),
    preserveExisting: boolean().default(false).describe('Leaves a header of that name as it is.'),
  },
  examples: [{ title: 'Which machine', properties: 'useIP = false\nhostHeader = hostname' }],
  create: ({ hostHeader, useIP, preserveExisting }) => {
    const value = useIP ? ownAddress() : hostname()
    return { intercept: (batch) => setHeader(batch, hostHeader, value, preserveExisting) }
  },
})

/** The first address that others can reach; 127.0.0.1 on a machine without a network. */
function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((some) => some ?? [])
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1'
}
