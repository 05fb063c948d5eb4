import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { namesNear } from '../engine/edit-distance.js'
import { UsageError } from '../engine/errors.js'
import type { Machine } from '../engine/simulate/machine/machine.js'
import { parseMachine } from './parse-machine.js'

/** Presets lie in the package's folder, above this module: how far above depends on how it was built. */
function presetFolder(): URL {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    const presets = new URL('machines/', folder)
    if (existsSync(new URL('laptop.yaml', presets))) return presets
    if (folder.pathname === '/')
      throw new UsageError('usage/no-presets', 'the machines that come with the package cannot be found', {
        hint: 'give the path of a machine file; or leave entrelacs out of your bundle',
      })
  }
}

/** The names of the machines that come with the package. */
export function presetMachines(): string[] {
  return readdirSync(presetFolder())
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/**
 * A machine by the name of a preset, or by the path of a machine file.
 *
 * @throws UsageError `usage/unknown-machine`, `usage/unreadable-machine`
 * @throws MachineFault if the file does not describe a machine.
 */
export function loadMachine(nameOrPath: string): Machine {
  const presets = presetMachines()
  if (presets.includes(nameOrPath))
    return parseMachine(readText(new URL(`${nameOrPath}.yaml`, presetFolder())), `machines/${nameOrPath}.yaml`)
  const near = namesNear(nameOrPath, presets)
  if (!existsSync(nameOrPath) || !statSync(nameOrPath).isFile())
    throw new UsageError('usage/unknown-machine', `there is no machine “${nameOrPath}”, and no such file`, {
      hint:
        near.length > 0
          ? `did you mean ${near.join(' or ')}?`
          : `there are ${presets.join(', ')}; or give the path of a machine file`,
    })
  return parseMachine(readText(nameOrPath), nameOrPath)
}

function readText(file: string | URL): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError('usage/unreadable-machine', `the machine file cannot be read: ${String(error)}`)
  }
}
