from plates.complete_card import END_TO_END, READER, RENDERED, UNSEEN, complete, complete_merged

GROUPS = {
    "16–24 px": {"plates": 30, "texts": 25, "detectionRecall": 0.43219, "exact": 0.25},
    "under 12 px": {"plates": 3, "texts": 2, "detectionRecall": 1.0, "exact": None},
}
BY_GROUP = {"byHeight": GROUPS, "byRegion": GROUPS, "byLines": GROUPS}
BENCH = (
    {name: 0.123456 for name in END_TO_END}
    | BY_GROUP
    | {
        "crops": {name: 0.5 for name in READER}
        | BY_GROUP
        | {"latin": {"plates": 3, "exact": 2 / 3, "characterErrorRate": 0.1}, "byDataset": {"crops/a": {"exact": 1.0}}}
    }
)
CALIBRATION = {"calibration": {"temperature": 1, "weights": [1.0], "bias": 0.5}, "reads": []}


def test_nothing_given_changes_nothing() -> None:
    card = {"task": "recognizer", "calibration": {"bias": 0}, "figures": {}}
    assert complete(card, None, None) == card


def test_a_detector_gets_figures_and_no_calibration() -> None:
    card = complete({"task": "detector", "figures": {}}, CALIBRATION, BENCH)
    assert "calibration" not in card
    assert card["figures"]["endToEnd"]["detectionRecall"] == 0.1235


def test_a_recognizer_gets_both() -> None:
    card = complete({"task": "recognizer", "figures": {}}, CALIBRATION, BENCH)
    assert card["calibration"]["bias"] == 0.5
    assert card["figures"]["cropsLatin"]["exact"] == 0.6667
    assert card["figures"]["exactByDataset"] == {"crops/a": 1.0}


def test_weaknesses_are_told_where_there_are_plates_enough() -> None:
    detector = complete({"task": "detector", "figures": {}}, None, BENCH)
    assert detector["weaknesses"]["recallByHeight"] == {"16–24 px": {"plates": 30, "detectionRecall": 0.4322}}
    recognizer = complete({"task": "recognizer", "figures": {}}, None, BENCH)
    assert recognizer["weaknesses"]["exactByRegion"] == {"16–24 px": {"plates": 25, "exact": 0.25}}


def test_what_was_left_out_stands_beside_what_ships_and_outlives_new_figures() -> None:
    by_dataset = {name: {"texts": 10, "exact": 0.5} for name in UNSEEN} | {"other": {"texts": 30, "exact": 0.8}}
    shipped = {f"crops/{name}": 0.75 for name in UNSEEN} | {"crops/other": 0.9}
    card = {"task": "recognizer", "figures": {"exactByDataset": shipped}}
    completed = complete(card, None, None, {"byDataset": by_dataset})
    figures = completed["figures"]["leaveOneSetOut"]
    assert figures["unseen"] == {"plates": 40, "exact": 0.5, "exactOfThisModel": 0.75}
    assert figures["seen"] == {"plates": 30, "exact": 0.8, "exactOfThisModel": 0.9}
    assert complete(completed, None, BENCH)["figures"]["leaveOneSetOut"] == figures
    assert complete({"task": "detector", "figures": {}}, None, None, {"byDataset": by_dataset})["figures"] == {}


def test_the_net_for_merged_pictures_has_the_recognizers_calibration_and_figures_of_its_own() -> None:
    card = {"task": "recognizer", "calibration": {"bias": 0}, "figures": {"renderedClips": 1}}
    recognizer = {"calibration": {"bias": 0.5}, "plateCheck": {}}
    assert complete_merged(card, recognizer, None) == card | {"calibration": {"bias": 0.5}}
    rendered = {name: 3 for name in RENDERED} | {"misread": []}
    assert complete_merged(card, recognizer, rendered)["figures"]["renderedClips"] == {name: 3 for name in RENDERED}
