// The open dialog where there is no native one: folders as the engine sees them, and a field for a path.
import { CornerLeftUp, File, Folder } from 'lucide-react'
import { useEffect, useState } from 'react'
import { asMillraceError } from '../../src-shared/contract/client.ts'
import type { DirectoryEntry } from '../../src-shared/contract/workspace.ts'
import { engine } from '../rpc/connection.ts'
import { openPath } from '../shell/files.ts'
import { overlay } from '../shell/overlay.ts'
import { useTimeZone } from '../shell/settings.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Trouble } from '../ui/empty.tsx'
import { formatBytes, formatDateTime, type TimeZone } from '../ui/format.ts'
import { type Column, Table } from '../ui/table.tsx'
import './open-log.css'

interface Listing {
  readonly path: string
  readonly parent?: string
  readonly entries: readonly DirectoryEntry[]
}

type Row = Pick<DirectoryEntry, 'name' | 'path' | 'kind'> & Partial<DirectoryEntry>

export function OpenLog({ wanted }: { wanted: string | undefined }) {
  const zone = useTimeZone()
  const [listing, setListing] = useState<Listing>()
  const [trouble, setTrouble] = useState<string>()
  const [text, setText] = useState('')
  const [current, setCurrent] = useState<string>()

  const show = async (path: string | undefined): Promise<void> => {
    try {
      const next = await engine.workspace.listFolder(path === undefined ? {} : { path })
      setListing(next)
      setText(next.path)
      setTrouble(undefined)
      setCurrent(next.entries.find((entry) => entry.name === wanted)?.path)
    } catch (thrown) {
      setTrouble(asMillraceError(thrown).message)
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first folder, once
  useEffect(() => void show(undefined), [])

  const close = (): void => overlay.set(undefined)
  const open = async (row: Row): Promise<void> => {
    if (row.kind === 'folder') return show(row.path)
    close()
    await openPath(row.path)
  }
  const submit = async (): Promise<void> => {
    const path = text.trim()
    const entry = listing?.entries.find((each) => each.path === current)
    if (entry !== undefined && path === listing?.path) return open(entry)
    if (path === '') return
    try {
      await engine.workspace.listFolder({ path })
      await show(path)
    } catch {
      // Not a folder: then it is a file, and opening it says what is wrong with it.
      close()
      await openPath(path)
    }
  }

  const rows: Row[] = [
    ...(listing?.parent === undefined ? [] : [{ name: '..', path: listing.parent, kind: 'folder' as const }]),
    ...(listing?.entries ?? []),
  ]
  return (
    <Dialog title={wanted === undefined ? 'Open file' : `Where is ${wanted}?`} onClose={close}>
      {wanted !== undefined && (
        <p className="open-log-note">A browser does not tell where a dropped file lies. Choose its folder here, or give its path.</p>
      )}
      <form
        className="open-log-path"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <input
          className="ui-field mono grow"
          aria-label="Path of a file or folder"
          value={text}
          spellCheck={false}
          autoFocus
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" look="primary">
          Open
        </Button>
      </form>
      {trouble !== undefined && (
        <div className="open-log-trouble">
          <Trouble message={trouble} />
        </div>
      )}
      <div className="open-log-list">
        <Table<Row>
          label="Files"
          columns={columns(zone)}
          rows={rows}
          rowKey={(row) => row.path}
          current={current}
          onCurrent={(row) => setCurrent(row.path)}
          onOpen={(row) => void open(row)}
          empty={listing === undefined ? '' : 'This folder is empty.'}
        />
      </div>
    </Dialog>
  )
}

function columns(zone: TimeZone): readonly Column<Row>[] {
  return [
    {
      key: 'name',
      title: 'Name',
      width: 'minmax(220px, 1fr)',
      cell: (row) => (
        <span className="open-log-name">
          {row.name === '..' ? <CornerLeftUp size={14} /> : row.kind === 'folder' ? <Folder size={14} /> : <File size={14} />}
          <span className="ellipsis">{row.name}</span>
        </span>
      ),
    },
    {
      key: 'bytes',
      title: 'Size',
      width: '90px',
      align: 'right',
      cell: (row) => (row.kind === 'file' && row.bytes !== undefined ? formatBytes(row.bytes) : ''),
    },
    {
      key: 'modified',
      title: 'Modified',
      width: '150px',
      align: 'right',
      cell: (row) => (row.modifiedAt === undefined ? '' : formatDateTime(row.modifiedAt, zone)),
    },
  ]
}
