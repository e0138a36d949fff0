/** Short messages at the corner of the page, read out by screen readers. */
import { notifications } from "@mantine/notifications";
import { strings } from "../strings.ts";

export function showDone(message: string): void {
  notifications.show({ message, color: "teal", autoClose: 4000 });
}

export function showProblem(error: unknown): void {
  notifications.show({ title: strings.problems.title, message: messageOf(error), color: "red", autoClose: 10_000 });
}

/** What went wrong, in words for the person at the page. */
export function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : strings.problems.unknown;
}
