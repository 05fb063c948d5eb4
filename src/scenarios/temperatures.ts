import { program } from 'entrelacs'

const FAHRENHEIT = [68, 104, 77, 95]

/** A data centre's temperatures flow through stages with little room between them, and an alarm takes what is too hot. */
export default program('temperatures', { threshold: 30, room: 1 }, ({ threshold, room }, p) => {
  const measured = p.stream<number>('measured', { highWaterMark: room })
  const celsius = p.stream<number>('celsius', { highWaterMark: room })
  const tooHot = p.stream<number>('too hot', { highWaterMark: room })
  p.thread('sensor', function* () {
    for (const temperature of FAHRENHEIT) yield* measured.write(temperature)
    yield* measured.end()
  })
  p.thread('converts', () => measured.mapInto(celsius, inCelsius))
  p.thread('watches', () => celsius.filterInto(tooHot, (temperature) => temperature > threshold))
  const alarm = p.thread('alarm', function* () {
    const alarms: number[] = []
    yield* tooHot.forEach(function* (temperature) {
      alarms.push(temperature)
    })
    return alarms
  })
  for (const stream of [measured, celsius, tooHot])
    p.always(`“${stream.name}” never holds more than there is room for`, (now) => now(stream).items.length <= room)
  p.finally('there is an alarm for everything too hot, in order', (final) => {
    const expected = FAHRENHEIT.map(inCelsius).filter((temperature) => temperature > threshold)
    return String(final.result(alarm)) === String(expected)
  })
})

function inCelsius(fahrenheit: number): number {
  return ((fahrenheit - 32) * 5) / 9
}
