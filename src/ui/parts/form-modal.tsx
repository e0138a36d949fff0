import { Button, Group, Modal, Stack } from "@mantine/core";
import type { FormEvent, JSX, ReactNode } from "react";
import { strings } from "../strings.ts";
import { Problem } from "./states.tsx";

/** A form over the page: fields, what went wrong, save and cancel. */
export function FormModal(props: {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onSubmit: () => void;
  readonly submit?: string;
  readonly isDangerous?: boolean;
  readonly isBusy: boolean;
  readonly isDisabled?: boolean;
  readonly error?: Error | null;
  readonly size?: string;
  readonly extra?: ReactNode;
  readonly children: ReactNode;
}): JSX.Element {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // A form in a portal still bubbles through React to a form around it.
    event.stopPropagation();
    props.onSubmit();
  };
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? "md"}
      closeButtonProps={{ "aria-label": strings.actions.close }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          {props.children}
          {props.error != null && <Problem error={props.error} />}
          <Group justify="space-between" gap="sm">
            <div>{props.extra}</div>
            <Group gap="sm">
              <Button variant="default" onClick={props.onClose}>
                {strings.actions.cancel}
              </Button>
              <Button
                type="submit"
                loading={props.isBusy}
                disabled={props.isDisabled ?? false}
                {...(props.isDangerous ? { color: "red.8" } : {})}
              >
                {props.submit ?? strings.actions.save}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
