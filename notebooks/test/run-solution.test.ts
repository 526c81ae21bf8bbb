import { testNotebooks } from "./run-notebooks";

testNotebooks("solution");
