import { program } from 'entrelacs'

/** The radiation machine repaired: nobody edits while it sets up, so that beam and turntable follow one prescription. */
export default program('therac, with an interlock', {}, (_params, p) => {
  const prescribed = p.cell<'X-rays' | 'electrons'>('prescribed', 'X-rays')
  const beam = p.atomic<'off' | 'full' | 'weak'>('beam', 'off')
  const target = p.atomic('target in place', false)
  const interlock = p.lock('interlock')
  p.thread('operator', () => interlock.hold(() => prescribed.write('electrons')))
  p.thread('machine', () =>
    interlock.hold(function* () {
      const power = (yield* prescribed.read()) === 'X-rays' ? 'full' : 'weak'
      yield* p.sleep(8)
      yield* target.write((yield* prescribed.read()) === 'X-rays')
      yield* beam.write(power)
    }),
  )
  p.always('never the full beam without the target', (now) => now(beam) !== 'full' || now(target))
})
