import { testNotebooks } from "./run-notebooks";

testNotebooks("student");
