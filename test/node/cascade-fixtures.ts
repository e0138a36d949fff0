/** Cascades of one stage that find a bright bar on dark ground: real files in OpenCV's formats, made by the tests. */

const WINDOW = { width: 60, height: 20 };

/** The block in the middle, a third of the window, is brighter than the whole. */
const HAAR_RECTS = "<_>0 0 60 20 -1.</_><_>10 5 40 10 3.</_>";

/** Of OpenCV's present format. */
export const NEW_HAAR = `<?xml version="1.0"?>
<opencv_storage>
<cascade type_id="opencv-cascade-classifier"><stageType>BOOST</stageType><featureType>HAAR</featureType>
<height>${WINDOW.height}</height><width>${WINDOW.width}</width>
<stageParams><maxWeakCount>1</maxWeakCount></stageParams>
<featureParams><maxCatCount>0</maxCatCount></featureParams>
<stageNum>1</stageNum>
<stages><_><maxWeakCount>1</maxWeakCount><stageThreshold>0.5</stageThreshold>
<weakClassifiers><_><internalNodes>0 -1 0 0.8</internalNodes><leafValues>-1. 1.</leafValues></_></weakClassifiers></_></stages>
<features><_><rects>${HAAR_RECTS}</rects><tilted>0</tilted></_></features></cascade>
</opencv_storage>
`;

/** Code 0: no neighbour of the middle block is as bright. The first of eight words holds codes 0 to 31. */
export const NEW_LBP = `<?xml version="1.0"?>
<opencv_storage>
<cascade type_id="opencv-cascade-classifier"><stageType>BOOST</stageType><featureType>LBP</featureType>
<height>${WINDOW.height}</height><width>${WINDOW.width}</width>
<stageParams><maxWeakCount>1</maxWeakCount></stageParams>
<featureParams><maxCatCount>256</maxCatCount></featureParams>
<stageNum>1</stageNum>
<stages><_><maxWeakCount>1</maxWeakCount><stageThreshold>0.5</stageThreshold>
<weakClassifiers><_><internalNodes>0 -1 0 1 0 0 0 0 0 0 0</internalNodes><leafValues>1. -1.</leafValues></_></weakClassifiers></_></stages>
<features><_><rect>0 1 20 6</rect></_></features></cascade>
</opencv_storage>
`;

/** Of OpenCV 1, as many shared cascades still are. */
export const OLD_HAAR = `<?xml version="1.0"?>
<opencv_storage>
<plate type_id="opencv-haar-classifier"><size>${WINDOW.width} ${WINDOW.height}</size>
<stages><_><trees><_><_><feature><rects>${HAAR_RECTS}</rects><tilted>0</tilted></feature>
<threshold>0.8</threshold><left_val>-1.</left_val><right_val>1.</right_val></_></_></trees>
<stage_threshold>0.5</stage_threshold><parent>-1</parent><next>-1</next></_></stages></plate>
</opencv_storage>
`;
