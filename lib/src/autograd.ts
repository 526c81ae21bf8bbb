/**
 * @file A number that remembers where it came from, so that the slope of a result by everything before it can be found by
 * walking back. Needed by notebook 4. Scalars only: one node a number, which is slow and shows every step; tensors do the same
 * with one node for a whole matrix. After micrograd (Karpathy 2020); the method is Rumelhart, Hinton and Williams 1986.
 */

import { CourseError } from "./errors";
import { formatNumber } from "./format";

/** What made a value. `input`: nothing did, it was given. */
export type Operation = "input" | "+" | "-" | "×" | "÷" | "^" | "exp" | "ln" | "tanh" | "relu";

/** Counts the walks through graphs. A node that was seen in the present walk carries its number. */
let walks = 0;

/**
 * A number in a computation. It knows its operation and the one or two values that went in; all together are a graph.
 *
 * `const w = new Value(2); const y = w.mul(3).add(1); y.backward();` makes y 7 and `w.grad` 3: a little more
 * w makes y grow three times as much.
 *
 * A node holds no function of its own: the operation's name says what to do on the way back. That makes nodes cheap.
 */
export class Value {
  /** The slope of the result by this value: by how much the result grows when this grows by a tiny 1. */
  grad = 0;
  /** The last walk that came by; see {@link topologicalOrder}. */
  walk = 0;

  constructor(
    public data: number,
    readonly op: Operation = "input",
    readonly a?: Value | undefined,
    readonly b?: Value | undefined,
  ) {}

  add(other: Value | number): Value {
    const b = toValue(other);
    return new Value(this.data + b.data, "+", this, b);
  }

  sub(other: Value | number): Value {
    const b = toValue(other);
    return new Value(this.data - b.data, "-", this, b);
  }

  mul(other: Value | number): Value {
    const b = toValue(other);
    return new Value(this.data * b.data, "×", this, b);
  }

  div(other: Value | number): Value {
    const b = toValue(other);
    return new Value(this.data / b.data, "÷", this, b);
  }

  /** This number to the power of a constant. */
  pow(exponent: number): Value {
    return new Value(this.data ** exponent, "^", this, new Value(exponent));
  }

  exp(): Value {
    return new Value(Math.exp(this.data), "exp", this);
  }

  /** The natural logarithm. */
  ln(): Value {
    return new Value(Math.log(this.data), "ln", this);
  }

  tanh(): Value {
    return new Value(Math.tanh(this.data), "tanh", this);
  }

  /** This number if it is above 0, else 0. */
  relu(): Value {
    return new Value(Math.max(this.data, 0), "relu", this);
  }

  /**
   * Finds the slope of this value by every value it was made from, and puts it into their `grad`.
   *
   * Slopes are added to what inputs already have, so that several results can be summed; {@link zeroGrad} starts anew. Values
   * in between begin at 0 each time: what they hold is on its way to the inputs and must not be delivered twice.
   */
  backward(): void {
    const order = topologicalOrder(this);
    for (const node of order) if (node.op !== "input") node.grad = 0;
    this.grad += 1; // the slope of a number by itself
    for (let i = order.length - 1; i >= 0; i--) passBack(order[i]!);
  }

  /** What goes in: none, one or two values. */
  get inputs(): Value[] {
    return [this.a, this.b].filter((input) => input !== undefined);
  }

  toString(): string {
    const [a, b] = this.inputs.map((input) => formatNumber(input.data, 4));
    const made = b !== undefined ? ` = ${a} ${this.op} ${b}` : a !== undefined ? ` = ${this.op}(${a})` : "";
    return `Value ${formatNumber(this.data, 4)}${made}, grad ${formatNumber(this.grad, 4)}`;
  }
}

/** How a value prints at the end of a cell. */
Object.defineProperty(Value.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: Value.prototype.toString });

/**
 * The chain rule at one node: the slope of the result by an input is the slope by this node, times the slope of this node by
 * the input. It is added (`+=`), because an input may have reached the result on other ways too.
 */
function passBack({ op, data, grad, a, b }: Value): void {
  switch (op) {
    case "+":
      a!.grad += grad;
      b!.grad += grad;
      break;
    case "-":
      a!.grad += grad;
      b!.grad -= grad;
      break;
    case "×":
      a!.grad += b!.data * grad;
      b!.grad += a!.data * grad;
      break;
    case "÷":
      a!.grad += grad / b!.data;
      b!.grad -= (grad * data) / b!.data;
      break;
    case "^":
      a!.grad += b!.data * a!.data ** (b!.data - 1) * grad;
      break;
    case "exp":
      a!.grad += data * grad;
      break;
    case "ln":
      a!.grad += grad / a!.data;
      break;
    case "tanh":
      a!.grad += (1 - data * data) * grad;
      break;
    case "relu":
      if (data > 0) a!.grad += grad;
      break;
  }
}

/**
 * All values that `root` was made from, each once, every value behind what went into it; `root` is the last.
 * Backwards, every value comes after everything that uses it: then its slope is complete, and can be passed on.
 *
 * The stack is a list and not the language's own, so a chain of a million operations is no problem. It always holds one way
 * from the root down to the value that is being looked at.
 */
export function topologicalOrder(root: Value): Value[] {
  const walk = ++walks;
  const order: Value[] = [];
  const way = [root];
  while (way.length > 0) {
    const node = way[way.length - 1]!;
    if (node.a !== undefined && node.a.walk !== walk) way.push(node.a);
    else if (node.b !== undefined && node.b.walk !== walk) way.push(node.b);
    else {
      node.walk = walk; // all that went into it is in the list
      order.push(node);
      way.pop();
    }
  }
  return order;
}

/** Forgets the slopes: `zeroGrad(model.params())` before the next `backward`. */
export function zeroGrad(values: Iterable<Value>): void {
  for (const value of values) value.grad = 0;
}

/** The sum of at least one value: `sum([a, b, c])` is `a.add(b).add(c)`. */
export function sum(values: readonly Value[]): Value {
  if (values.length === 0) throw new CourseError({ what: "sum", expected: "at least one value", received: "none" });
  return values.reduce((total, value) => total.add(value));
}

function toValue(value: Value | number): Value {
  return typeof value === "number" ? new Value(value) : value;
}
