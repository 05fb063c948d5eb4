import { program } from 'entrelacs'

/** Customers who are served again and again, behind one lock that says nothing about who gets it next. */
export default program('starvation', { customers: 2 }, ({ customers }, p) => {
  const counter = p.lock('counter')
  for (let i = 1; i <= customers; i++)
    p.thread(`customer ${i}`, function* () {
      for (;;) {
        yield* p.at('next errand')
        yield* counter.acquire()
        yield* p.progress()
        yield* counter.release()
      }
    })
})
