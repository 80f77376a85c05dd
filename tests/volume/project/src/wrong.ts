import { dist } from './math'
// What a type checker is for: these two don't fit.
export const far: string = dist({ x: 0, y: 0 }, { x: 1, z: 1 })
