import { exploreCommand } from './explore-command.js'
import { ExitCode } from './exit-code.js'
import { environmentLanguage } from './options.js'
import { write } from './terminal.js'

/** What `npm start` shows: the course's bank account, broken and repaired. */
async function start(): Promise<void> {
  const given = { json: false, language: environmentLanguage(), patience: 10, progress: false, options: {} }
  await write(process.stdout, '$ entrelacs explore bank-account\n\n')
  const broken = await exploreCommand('bank-account', given)
  await write(process.stdout, '\n$ entrelacs explore bank-account-locked\n\n')
  const repaired = await exploreCommand('bank-account-locked', given)
  const isAsExpected = broken === ExitCode.Violated && repaired === ExitCode.Holds
  process.exitCode = isAsExpected ? 0 : ExitCode.Internal
}

await start()
