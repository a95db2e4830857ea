// Every command of the workbench, declared once: the palette, the keyboard, the `?` overlay and the Electron menu all read this table.
// What a command does is bound by the view that offers it (src-renderer/shell/command-registry.ts); a menu item sends the id to the window.

/** Menu under which a face lists the command. */
export type CommandGroup = 'File' | 'Edit' | 'View' | 'Go' | 'Pipeline' | 'Log' | 'Stream' | 'Help'

/** Where a shortcut is listened to: everywhere, or only while a view of that kind is the active tab. */
export type CommandScope = 'window' | 'pipeline' | 'log' | 'stream' | 'batch' | 'channels'

export interface CommandSpec {
  readonly title: string
  readonly group: CommandGroup
  readonly scope: CommandScope
  /** Shortcuts, best known first. `Mod` is Cmd on macOS, Ctrl elsewhere. The menu shows the first. */
  readonly keys?: readonly string[]
  /** Further words by which the palette finds it. */
  readonly words?: string
  /** False where a menu item would be noise (movement inside a view). */
  readonly menu?: boolean
}

export const commands = {
  'palette.show': { title: 'Show all commands', group: 'View', scope: 'window', keys: ['Mod+Shift+P', 'Mod+K'] },
  'quick-open.show': {
    title: 'Go to file, pipeline, stream or channel…',
    group: 'Go',
    scope: 'window',
    keys: ['Mod+P'],
    words: 'quick open find',
  },
  'keys.show': { title: 'Keyboard shortcuts', group: 'Help', scope: 'window', keys: ['?'], words: 'help keys cheat sheet' },
  'demo.start': { title: 'Start the demo', group: 'Help', scope: 'window', words: 'tour example sample generator' },
  'pipeline.new': { title: 'New pipeline', group: 'File', scope: 'window', words: 'create agent flume configuration draw' },
  'file.open': {
    title: 'Open file…',
    group: 'File',
    scope: 'window',
    keys: ['Mod+O'],
    words: 'log tail follow pipeline properties flume configuration stream program',
  },
  'tab.close': { title: 'Close tab', group: 'File', scope: 'window', keys: ['Alt+W'] },
  'tab.next': { title: 'Next tab', group: 'Go', scope: 'window', keys: ['Alt+PageDown'], menu: false },
  'tab.previous': { title: 'Previous tab', group: 'Go', scope: 'window', keys: ['Alt+PageUp'], menu: false },
  'document.save': { title: 'Save', group: 'File', scope: 'window', keys: ['Mod+S'] },
  'region.next': { title: 'Next region', group: 'Go', scope: 'window', keys: ['F6'], menu: false },
  'region.previous': { title: 'Previous region', group: 'Go', scope: 'window', keys: ['Shift+F6'], menu: false },
  'side-bar.toggle': { title: 'Side bar', group: 'View', scope: 'window', keys: ['Mod+B'], words: 'show hide toggle' },
  'inspector.toggle': { title: 'Inspector', group: 'View', scope: 'window', keys: ['F4'], words: 'show hide toggle details' },
  'panel.toggle': { title: 'Panel', group: 'View', scope: 'window', keys: ['Mod+J'], words: 'show hide toggle problems output' },
  'view.pipelines': { title: 'Show Pipelines', group: 'View', scope: 'window', keys: ['Alt+1'] },
  'view.logs': { title: 'Show Logs', group: 'View', scope: 'window', keys: ['Alt+2'] },
  'view.streams': { title: 'Show Streams', group: 'View', scope: 'window', keys: ['Alt+3'] },
  'view.channels': { title: 'Show Channels', group: 'View', scope: 'window', keys: ['Alt+4'] },
  'view.problems': { title: 'Show Problems', group: 'View', scope: 'window', keys: ['Alt+5'] },
  'view.settings': { title: 'Settings', group: 'File', scope: 'window', keys: ['Mod+,'], words: 'preferences theme time zone zoom' },
  'view.welcome': { title: 'Welcome', group: 'Help', scope: 'window', words: 'start home recent' },
  'theme.toggle': { title: 'Switch between light and dark', group: 'View', scope: 'window', words: 'theme colour' },
  'zoom.in': { title: 'Zoom in', group: 'View', scope: 'window', keys: ['Mod+=', 'Mod++'] },
  'zoom.out': { title: 'Zoom out', group: 'View', scope: 'window', keys: ['Mod+-'] },
  'zoom.reset': { title: 'Actual size', group: 'View', scope: 'window', keys: ['Mod+0'] },
  'time-zone.toggle': { title: 'Times in UTC or local', group: 'View', scope: 'window', words: 'time zone clock' },

  'pipeline.start': { title: 'Start pipeline', group: 'Pipeline', scope: 'pipeline', keys: ['F5'], words: 'run' },
  'pipeline.apply': {
    title: 'Apply to what runs',
    group: 'Pipeline',
    scope: 'pipeline',
    keys: ['Mod+Shift+S'],
    words: 'reload live restart save',
  },
  'pipeline.stop': { title: 'Stop pipeline', group: 'Pipeline', scope: 'pipeline', keys: ['Shift+F5'] },
  'pipeline.text': {
    title: 'Canvas, split or text',
    group: 'Pipeline',
    scope: 'pipeline',
    keys: ['Mod+E'],
    words: 'source properties toggle',
  },
  'pipeline.fit': { title: 'Fit pipeline into view', group: 'Pipeline', scope: 'pipeline', keys: ['f'], words: 'zoom centre' },
  'pipeline.add': { title: 'Add a component', group: 'Pipeline', scope: 'pipeline', keys: ['a'], words: 'new source channel sink palette' },
  'pipeline.arrange': { title: 'Arrange nodes', group: 'Pipeline', scope: 'pipeline', words: 'layout tidy' },
  'pipeline.undo': { title: 'Undo', group: 'Edit', scope: 'pipeline', keys: ['Mod+Z'], menu: false },
  'pipeline.redo': { title: 'Redo', group: 'Edit', scope: 'pipeline', keys: ['Mod+Shift+Z', 'Mod+Y'], menu: false },

  'log.search': { title: 'Search', group: 'Log', scope: 'log', keys: ['/', 'Mod+F'], words: 'find regex' },
  'log.next-hit': { title: 'Next hit', group: 'Log', scope: 'log', keys: ['n', 'F3'] },
  'log.previous-hit': { title: 'Previous hit', group: 'Log', scope: 'log', keys: ['N', 'Shift+F3'] },
  'log.follow': { title: 'Follow or pause', group: 'Log', scope: 'log', keys: ['f'], words: 'tail live' },
  'log.end': { title: 'Jump to live', group: 'Log', scope: 'log', keys: ['G', 'End'], words: 'last bottom' },
  'log.start': { title: 'Jump to the first line', group: 'Log', scope: 'log', keys: ['g', 'Home'], words: 'top' },
  'log.down': { title: 'One line down', group: 'Log', scope: 'log', keys: ['j', 'ArrowDown'], menu: false },
  'log.up': { title: 'One line up', group: 'Log', scope: 'log', keys: ['k', 'ArrowUp'], menu: false },
  'log.mark': { title: 'Mark line', group: 'Log', scope: 'log', keys: ['m'], words: 'bookmark' },
  'log.next-mark': { title: 'Next mark', group: 'Log', scope: 'log', keys: ['u'], words: 'bookmark' },
  'log.previous-mark': { title: 'Previous mark', group: 'Log', scope: 'log', keys: ['U'], words: 'bookmark' },
  'log.next-error': { title: 'Next error', group: 'Log', scope: 'log', keys: ['e'] },
  'log.previous-error': { title: 'Previous error', group: 'Log', scope: 'log', keys: ['E'] },
  'log.go-to-line': { title: 'Go to line…', group: 'Log', scope: 'log', keys: ['Mod+G'] },
  'log.wrap': { title: 'Wrap long lines', group: 'Log', scope: 'log', keys: ['w'] },
  'log.make-pipeline': { title: 'Make a pipeline from this log', group: 'Log', scope: 'log', words: 'taildir create' },

  'stream.start': { title: 'Run stream', group: 'Stream', scope: 'stream', keys: ['F5'] },
  'stream.stop': { title: 'Stop stream', group: 'Stream', scope: 'stream', keys: ['Shift+F5'] },
  'stream.program': { title: 'Open the program', group: 'Stream', scope: 'stream', keys: ['Mod+E'], words: 'edit source typescript' },
  'batch.replay': { title: 'Replay batch', group: 'Stream', scope: 'batch', keys: ['r'] },
  'batch.replay-current': {
    title: 'Replay batch with the program as it is now',
    group: 'Stream',
    scope: 'batch',
    keys: ['R'],
    words: 'changes try unsaved diff',
  },
  'batch.previous': { title: 'Previous batch', group: 'Stream', scope: 'batch', keys: ['['] },
  'batch.next': { title: 'Next batch', group: 'Stream', scope: 'batch', keys: [']'] },
} as const satisfies Readonly<Record<string, CommandSpec>>

export type CommandId = keyof typeof commands

/** The table as plain specs, for code that walks it. */
export const commandList: readonly (CommandSpec & { readonly id: CommandId })[] = (Object.keys(commands) as CommandId[]).map((id) => ({
  id,
  ...(commands[id] as CommandSpec),
}))
