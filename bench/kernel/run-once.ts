/* `node run-once.mjs ENGINE PROGRAM NUMBERS…`: one program on one engine, `ours` or the URL of `simjs`. It runs three times, so that
 * the just-in-time compiler has done its work, and the third is what counts.
 */
import { hold, ourPrograms } from './kernel-programs.js'
import { loadSimjs } from './simjs-engine.js'
import { simjsPrograms } from './simjs-programs.js'

const [engine, program, ...given] = process.argv.slice(2)
const numbers = given.map(Number)
const programs = engine === 'ours' ? ourPrograms : simjsPrograms(await loadSimjs(engine))

function run(): number {
  if (program === 'hold') return hold(numbers[0], numbers[1])
  if (program === 'queue') return programs.queue(numbers[0], numbers[1], numbers[2], numbers[3])
  return programs.ping(numbers[0], numbers[1], numbers[2] === 1)
}

let cpuMs = 0
let result = 0
for (let attempt = 0; attempt < 3; attempt++) {
  const before = process.cpuUsage()
  result = run()
  const { user, system } = process.cpuUsage(before)
  cpuMs = (user + system) / 1000
}
console.log(JSON.stringify({ cpuMs, result }))
