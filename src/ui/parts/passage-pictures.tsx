import { Stack } from "@mantine/core";
import type { JSX } from "react";
import type { PassageRow } from "../../server/schemas/passages.ts";
import { strings } from "../strings.ts";
import { Icon } from "./icons.tsx";
import classes from "./passage-pictures.module.css";
import { PassageThumb } from "./passage-table.tsx";

/** What was seen of a passage, large enough to decide by: the picture of the vehicle, and its plate cut out. */
export function PassagePictures({ passage }: { readonly passage: Pick<PassageRow, "pictures" | "text"> }): JSX.Element {
  const { frame, crop } = passage.pictures;
  if (frame === null && crop === null) {
    return (
      <div className={classes.none}>
        <Icon name="photo" size={18} />
        {strings.passages.noPictureKept}
      </div>
    );
  }
  return (
    <Stack gap={4}>
      {frame !== null && (
        <a href={`/api/v1/pictures/${frame}`} target="_blank" rel="noreferrer">
          <img
            className={classes.frame}
            src={`/api/v1/pictures/${frame}`}
            alt={strings.passages.pictureOf(passage.text)}
            loading="lazy"
            decoding="async"
          />
        </a>
      )}
      {crop !== null && <PassageThumb passage={passage} />}
    </Stack>
  );
}
