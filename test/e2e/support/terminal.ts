import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { command } from './build.js'
import { plainEnvironment } from './run.js'

/** Whether there is a terminal to test in. */
export const hasTerminal = spawnSync('tmux', ['-V']).status === 0
if (!hasTerminal) console.warn('tmux is not installed: what the command line does on a terminal is NOT tested')

const PATIENCE = 20_000
let made = 0

/** A real terminal with a shell in it, in which `entrelacs` is the command line. */
export class Terminal {
  readonly #socket = `entrelacs-test-${process.pid}-${++made}`

  constructor(folder: string, columns: number, rows: number) {
    const size = ['-x', String(columns), '-y', String(rows)]
    this.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, '-c', folder, 'bash --norc --noprofile')
  }

  /** Waits for the shell, and gives it the command line. */
  async prepare(): Promise<void> {
    await this.run(`PS1='$ '; entrelacs() { '${process.execPath}' '${command}' "$@"; }; clear; echo ready`)
    await this.shows(/^ready$/m)
    await this.run('clear')
    await this.until((screen) => !screen.includes('ready'), 'an empty screen')
  }

  /** Types a line and Enter. */
  async run(line: string): Promise<void> {
    this.#tmux('send-keys', '-l', line)
    await this.press('Enter')
  }

  /** Presses keys, by tmux's names. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) this.#tmux('send-keys', key)
    await pause(20)
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** What is on the screen, without empty lines at the end. */
  get screen(): string {
    return this.#tmux('capture-pane', '-p').trimEnd()
  }

  /** The same with escape codes for colours. */
  get colouredScreen(): string {
    return this.#tmux('capture-pane', '-p', '-e').trimEnd()
  }

  /** Waits until the screen shows something; returns the screen. */
  shows(what: RegExp): Promise<string> {
    return this.until((screen) => what.test(screen), String(what))
  }

  async until(holds: (screen: string) => boolean, what: string): Promise<string> {
    const started = performance.now()
    for (;;) {
      const { screen } = this
      if (holds(screen)) return screen
      if (performance.now() - started > PATIENCE) throw new Error(`the terminal does not show ${what}:\n${screen}`)
      await pause(50)
    }
  }

  close(): void {
    this.#tmux('kill-server')
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-u', '-L', this.#socket, ...args], { encoding: 'utf8', env: plainEnvironment() })
  }
}
