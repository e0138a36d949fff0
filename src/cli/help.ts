/** Help pages, made from the commands' own data so that they can't drift from what is parsed. */
import type { Command, OptionSpec } from "./command.ts";

/** The page of `platekit --help`. */
export function programHelp(commands: readonly Pick<Command, "name" | "summary">[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "Usage: platekit <command> [options]",
    "",
    "Reads licence plates. Everything runs on this machine; nothing is sent anywhere.",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "Options:",
    "  -h, --help     this page; platekit <command> --help explains a command",
    "  -v, --version  the version",
    "",
    "Examples:",
    "  platekit read photo.jpg                         # the plates of one picture",
    "  platekit read photos/ --jsonl > plates.jsonl    # of a folder, one line of JSON a picture",
    "  platekit read photos/ --save out/               # pictures with the plates marked",
    "",
  ].join("\n");
}

/** The page of `platekit <command> --help`. */
export function commandHelp(command: Command): string {
  const rows = [
    ...Object.entries(command.options).map(([name, spec]) => [optionForm(name, spec), spec.help] as const),
    ["-h, --help", "this page"] as const,
  ];
  const width = Math.max(...rows.map(([form]) => form.length));
  const lineWidth = Math.max(...command.examples.map(({ line }) => line.length));
  return [
    `Usage: platekit ${command.name} ${command.usage}`,
    "",
    command.summary,
    "",
    "Options:",
    ...rows.map(([form, help]) => `  ${form.padEnd(width)}  ${help}`),
    "",
    "Examples:",
    ...command.examples.map(({ line, does }) => `  ${line.padEnd(lineWidth)}  # ${does}`),
    "",
  ].join("\n");
}

function optionForm(name: string, spec: OptionSpec): string {
  return spec.type === "flag" ? `--${name}` : `--${name} ${spec.value}`;
}
