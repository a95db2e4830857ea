// Every procedure and subscription between a window and the engine, once. The engine implements it (src-main/engine/router), a window
// calls it through client.ts; neither can leave the other behind without the compiler saying so.
import { channels } from './channels.ts'
import { components } from './components.ts'
import { deadLetters } from './dead-letters.ts'
import { language } from './language.ts'
import { logs } from './logs.ts'
import { pipelines } from './pipelines.ts'
import { settings } from './settings.ts'
import { streams } from './streams.ts'
import { taps } from './taps.ts'
import { workspace } from './workspace.ts'

export const contract = { workspace, pipelines, logs, streams, channels, deadLetters, taps, settings, components, language }
