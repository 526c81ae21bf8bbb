/**
 * @file Stands in the place of a module of the course's library that holds the answer to the exercise being graded.
 * Whatever is taken out of it throws when it is called.
 */

const says = "This part of the course's library holds the answer to the exercise. It is not there when it is graded.";

function refuse(): never {
  throw Object.assign(new Error(says), { name: "CourseAnswer" });
}

module.exports = new Proxy({ __esModule: true } as Record<string, unknown>, {
  get: (target, name) => (name in target ? target[name as string] : refuse),
});
