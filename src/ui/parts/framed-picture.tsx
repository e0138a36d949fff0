import { type JSX, type ReactNode, useState } from "react";
import classes from "./framed-picture.module.css";

type Point = readonly [number, number];

export interface PlateOutline {
  readonly key: string;
  /** Clockwise, in full-frame pixels. */
  readonly corners: readonly Point[];
  readonly isActive?: boolean;
}

/** A picture with plates outlined where they were found. */
export function FramedPicture(props: {
  readonly source: string;
  readonly alt: string;
  /** Pixels that the outlines refer to; default: those of the picture. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly outlines?: readonly PlateOutline[];
  /** Where the plate went. */
  readonly track?: readonly Point[];
  readonly children?: ReactNode;
}): JSX.Element {
  const { source, alt, outlines = [], track = [] } = props;
  const [natural, setNatural] = useState({ width: 0, height: 0 });
  const width = props.width ?? natural.width;
  const height = props.height ?? natural.height;
  const points = (given: readonly Point[]): string => given.map(([x, y]) => `${x},${y}`).join(" ");
  return (
    <figure className={classes.frame}>
      <img
        className={classes.picture}
        src={source}
        alt={alt}
        {...(width > 0 ? { width, height } : {})}
        decoding="async"
        onLoad={({ currentTarget }) =>
          setNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
        }
      />
      <svg className={classes.overlay} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {track.length > 1 && (
          <>
            <polyline className={classes.shadow} points={points(track)} />
            <polyline className={classes.track} points={points(track)} />
          </>
        )}
        {outlines.map(({ key, corners, isActive }) => (
          <g key={key}>
            <polygon className={classes.shadow} points={points(corners)} />
            <polygon className={classes.outline} points={points(corners)} data-active={isActive || undefined} />
          </g>
        ))}
      </svg>
      {props.children}
    </figure>
  );
}
