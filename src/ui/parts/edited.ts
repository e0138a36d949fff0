/** Which row of a table a form is open for; null: for a new one. */
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";

export interface Edited<Row> {
  readonly row: Row | null;
  readonly isOpen: boolean;
  readonly open: (row: Row | null) => void;
  readonly close: () => void;
}

export function useEdited<Row>(): Edited<Row> {
  const [isOpen, form] = useDisclosure();
  // Kept while the form closes, so that it does not change under the eye.
  const [row, setRow] = useState<Row | null>(null);
  return {
    ...{ row, isOpen, close: form.close },
    open: (next) => {
      setRow(next);
      form.open();
    },
  };
}
