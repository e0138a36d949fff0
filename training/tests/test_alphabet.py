import pytest

from plates.alphabet import ALPHABET, EMPTY, IGNORED, SLOTS, region_target, slot_targets, text_of


@pytest.mark.parametrize("text", ["", "A", "WÜAP90", "苏E711AB", "٢٤١١دقص", "123가4567", "ABCDEFGHIJKL"])
def test_a_text_survives_the_way_to_slots_and_back(text: str) -> None:
    targets = slot_targets(text)
    assert len(targets) == SLOTS
    assert text_of(targets) == text


def test_an_unreadable_character_is_ignored_and_keeps_its_slot() -> None:
    assert slot_targets("A?1")[:4] == [slot_targets("A")[0], IGNORED, slot_targets("1")[0], EMPTY]


def test_a_text_longer_than_the_slots_is_refused() -> None:
    with pytest.raises(ValueError, match="13 characters"):
        slot_targets("ABCDEFGHIJKLM")


def test_no_character_stands_twice_in_the_alphabet() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET)


@pytest.mark.parametrize(("region", "known"), [(None, False), ("atlantis", False), ("de", True), ("mne", True)])
def test_regions_outside_the_head_are_ignored(region: str | None, known: bool) -> None:
    assert (region_target(region) != IGNORED) == known
