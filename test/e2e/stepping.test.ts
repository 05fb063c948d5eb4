import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BUILD_TIMEOUT, ensureBuilt } from './support/build.js'
import { hasTerminal, Terminal } from './support/terminal.js'
import { lostUpdateFile, Workshop } from './support/workshop.js'

const workshop = new Workshop()
const step = 'entrelacs replay mine.ts e1.A1B2A1.fcnn --step; echo "code $?"'
let terminal: Terminal

beforeAll(async () => {
  await ensureBuilt()
  workshop.write('mine.ts', lostUpdateFile)
}, BUILD_TIMEOUT)
afterAll(() => workshop.remove())

/** How many of the steps 1 to 4 the screen shows. */
function stepsShown(screen: string): number {
  return screen.split('\n').filter((line) => /^ {3}\d {2}\S| {3}\d {3,}\S/.test(line)).length
}

describe.skipIf(!hasTerminal)('Stepping through a replay on a terminal', () => {
  beforeEach(async () => {
    terminal = new Terminal(workshop.folder, 110, 30)
    await terminal.prepare()
    await terminal.run(step)
    await terminal.shows(/^0\/4/m)
  })
  afterEach(() => terminal.close())

  test('begins before the first step, with the keys explained', async () => {
    const screen = await terminal.shows(/any key: next step · b: back · e: to the end · q: quit/)
    expect(screen).toMatch(/^ +A +B +counter$/m)
    expect(stepsShown(screen)).toBe(0)
  })

  test('shows one more step a key', async () => {
    await terminal.press('Space')
    expect(stepsShown(await terminal.shows(/^1\/4/m))).toBe(1)
    await terminal.press('n')
    expect(stepsShown(await terminal.shows(/^2\/4/m))).toBe(2)
    await terminal.press('Right')
    expect(stepsShown(await terminal.shows(/^3\/4/m))).toBe(3)
  })

  test('goes back, and no further back than the beginning', async () => {
    await terminal.press('x', 'x')
    await terminal.shows(/^2\/4/m)
    await terminal.press('b')
    expect(stepsShown(await terminal.shows(/^1\/4/m))).toBe(1)
    await terminal.press('Left')
    await terminal.shows(/^0\/4/m)
    await terminal.press('b', 'x')
    expect(stepsShown(await terminal.shows(/^1\/4/m))).toBe(1)
  })

  test('jumps to the end, where it says what went wrong', async () => {
    await terminal.press('e')
    const screen = await terminal.shows(/b: back · q: quit/)
    expect(screen).toContain('in the end: counter = 1')
    expect(screen).toContain('✗ both are kept')
    expect(screen).toContain("A's write (mine.ts:9) overwrites B's (mine.ts:9)")
    expect(stepsShown(screen)).toBe(4)
  })

  test('goes back from the end and leaves nothing of it behind', async () => {
    const before = terminal.screen
    await terminal.press('e')
    await terminal.shows(/✗ both are kept/)
    await terminal.press('b')
    await terminal.shows(/^3\/4/m)
    await terminal.press('b', 'b', 'b')
    await terminal.shows(/^0\/4/m)
    expect(terminal.screen).toBe(before)
  })

  test('ends with q, leaving the picture and the exit code of the run', async () => {
    await terminal.press('e')
    await terminal.shows(/b: back · q: quit/)
    await terminal.press('q')
    expect(await terminal.shows(/^code 1$/m)).toContain('✗ both are kept')
  })

  test.each(['C-c', 'C-d', 'Escape'])('ends with %s and gives back a terminal that echoes', async (key) => {
    await terminal.press('x')
    await terminal.shows(/^1\/4/m)
    await terminal.press(key)
    await terminal.shows(/^code 1$/m)
    await terminal.run('stty -a | grep -Eo -e "-?(icanon|echo|isig)\\b" | tr "\\n" " "')
    expect(await terminal.shows(/^-?isig -?icanon -?echo/m)).toMatch(/^isig icanon echo/m)
  })

  test('takes keys that were typed ahead one by one', async () => {
    await terminal.press('x', 'x', 'x', 'b')
    expect(stepsShown(await terminal.shows(/^2\/4/m))).toBe(2)
  })

  test('becomes a list when the window becomes narrow', async () => {
    await terminal.press('x', 'x')
    await terminal.shows(/^2\/4/m)
    terminal.resize(40, 24)
    const screen = await terminal.shows(/^ {3}2 {2}B: read → 0 {3}counter = 0$/m)
    expect(screen.match(/^mine$/gm)).toHaveLength(1)
  })

  test('draws over its own picture in a narrow window, where lines wrap', async () => {
    terminal.resize(40, 24)
    await terminal.until((screen) => !/ A +B +counter/.test(screen), 'a list')
    await terminal.press('x', 'x', 'b', 'x')
    await terminal.shows(/^2\/4/m)
    expect(terminal.screen.match(/^mine$/gm)).toHaveLength(1)
  })
})

describe.skipIf(!hasTerminal)('Exploring on a terminal', () => {
  beforeEach(async () => {
    terminal = new Terminal(workshop.folder, 110, 40)
    await terminal.prepare()
  })
  afterEach(() => terminal.close())

  test('shows progress on standard error only, and takes it away at the end', async () => {
    await terminal.run('entrelacs explore philosophers-ordered --param n=9 --json > out.json; echo "code $?"')
    await terminal.shows(/[\d,]+ states, [\d,]+ transitions/)
    expect(await terminal.shows(/^code 0$/m)).not.toMatch(/[\d,]+ states/)
    await terminal.run('clear; wc -l < out.json; head -c 12 out.json')
    await terminal.shows(/^1\n\{"schema":1,/m)
  })

  test('tells of a failure at once, and once the search is stopped by Ctrl-C in full', async () => {
    await terminal.run('entrelacs explore philosophers --param n=10 --param meals=2')
    await terminal.shows(/✗ deadlock: P1 waits for fork 2[\s\S]*the search goes on/)
    await terminal.shows(/[\d,]+ states, [\d,]+ transitions/)
    await terminal.press('C-c')
    const screen = await terminal.shows(/Stopped early: stopped on request[\s\S]*\n\$$/)
    expect(screen).toMatch(/✗ violated: one thing goes wrong/)
    expect(screen).not.toContain('nothing went wrong')
  })

  test('uses colours', async () => {
    await terminal.run('entrelacs explore bank-account-locked')
    await terminal.shows(/✓ holds/)
    expect(terminal.colouredScreen).toContain('\u001b[32m✓')
  })

  test('uses none if NO_COLOR is set', async () => {
    await terminal.run('NO_COLOR=1 entrelacs explore bank-account-locked')
    await terminal.shows(/✓ holds/)
    expect(terminal.colouredScreen).not.toContain('\u001b[')
  })
})
