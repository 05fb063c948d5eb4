import { ExitCode } from './exit-code.js'
import { environmentLanguage } from './options.js'
import { repairCommand } from './repair-command.js'
import { write } from './terminal.js'

/** What `npm start` shows: the course's bank account, broken and repaired. */
async function start(): Promise<void> {
  const given = { json: false, language: environmentLanguage(), patience: 10, progress: false, options: {} }
  await write(process.stdout, '$ entrelacs explore bank-account --repair bank-account-locked\n\n')
  const code = await repairCommand('bank-account', 'bank-account-locked', given)
  process.exitCode = code === ExitCode.Holds ? 0 : ExitCode.Internal
}

// `npm start -- list` and the like are commands.
if (process.argv.length > 2) await import('./main.js')
else await start()
