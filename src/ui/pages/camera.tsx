export function CameraPage() {
  return null;
}
