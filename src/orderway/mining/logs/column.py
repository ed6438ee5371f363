"""A column of a file as it stands there: text, with the words that repeat kept once. Gives it as codes or as moments; knows no meaning."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orderway.mining.log import MISSING, Coded

Bytes = NDArray[np.uint8]
ENOUGH = 200  # rows from which a column is recognised


class Column:
    """Text per row; empty text is no value."""

    def __init__(self, values: pa.ChunkedArray) -> None:
        self._values = values

    @staticmethod
    def of(values: Iterable[str | None]) -> Column:
        """A column of these texts."""
        return Column(pa.chunked_array([pa.array(values, pa.string())]))

    @staticmethod
    def of_codes(codes: Iterable[int] | NDArray[np.int32], names: Iterable[str] | pa.StringArray) -> Column:
        """A column of coded words; MISSING is no value."""
        numbers = np.asarray(codes, dtype=np.int32)
        indices = pa.array(numbers, mask=numbers == MISSING)
        words = names if isinstance(names, pa.StringArray) else pa.array(names, pa.string())
        return Column(pa.chunked_array([pa.DictionaryArray.from_arrays(indices, words)]))

    def __len__(self) -> int:
        return len(self._values)

    def sample(self) -> list[str]:
        """The first texts."""
        return [text for text in self._values.slice(0, ENOUGH).to_pylist() if text]

    def texts(self) -> list[str]:
        """All texts; an empty one for no value."""
        return [text or "" for text in self._values.to_pylist()]

    def taken(self, places: NDArray[np.int64]) -> Column:
        """The same column at other rows."""
        return Column(pa.chunked_array([self._values.combine_chunks().take(pa.array(places))]))

    def coded(self) -> Coded:
        """The words and which row has which, in order of appearance; no value and empty text are MISSING."""
        array = self._encoded()
        blank = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(array.dictionary), ""), True)
        codes = pc.fill_null(array.indices, MISSING).to_numpy(zero_copy_only=False).astype(np.int32)
        for place in np.flatnonzero(blank.to_numpy(zero_copy_only=False)):
            codes[codes == place] = MISSING
        return Coded(codes, array.dictionary.to_pylist())

    def distinct(self) -> tuple[pa.ChunkedArray, NDArray[np.int32] | None]:
        """The texts, or where they are those of a dictionary, each once with the codes of the rows."""
        if not pa.types.is_dictionary(self._values.type):
            return self._values, None
        array = self._encoded()
        return pa.chunked_array([array.dictionary]), pc.fill_null(array.indices, MISSING).to_numpy(zero_copy_only=False).astype(np.int32)

    def bytes_and_offsets(self) -> tuple[Bytes, NDArray[np.int64], NDArray[np.int32] | None]:
        """The UTF-8 of all texts end to end and where each begins; with codes where the texts are those of a dictionary."""
        if pa.types.is_dictionary(self._values.type):
            array = self._encoded()
            codes = pc.fill_null(array.indices, MISSING).to_numpy(zero_copy_only=False).astype(np.int32)
            return (*_buffers(array.dictionary), codes)
        chunks = self._values.cast(pa.large_string()).combine_chunks()
        return (*_buffers(chunks), None)

    def _encoded(self) -> pa.DictionaryArray:
        encoded = self._values if pa.types.is_dictionary(self._values.type) else pc.dictionary_encode(self._values)
        if encoded.num_chunks > 1 and len({_address(chunk.dictionary) for chunk in encoded.chunks}) == 1:
            # one dictionary for all pieces, as encoding makes it: joining it with itself would read it as often as there are pieces
            indices = pa.chunked_array([chunk.indices for chunk in encoded.chunks]).combine_chunks()
            return pa.DictionaryArray.from_arrays(indices, encoded.chunk(0).dictionary)
        whole = encoded.unify_dictionaries().combine_chunks()
        if isinstance(whole, pa.ChunkedArray):
            whole = whole.chunk(0) if whole.num_chunks else pa.array([], pa.string()).dictionary_encode()
        return whole


def _address(words: pa.Array) -> tuple[int, int, int]:
    """Where the words lie in memory; the same for the same words."""
    _valid, offsets, _data = words.buffers()
    return offsets.address, words.offset, len(words)


def _buffers(array: pa.Array) -> tuple[Bytes, NDArray[np.int64]]:
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks == 1 else pa.concat_arrays(array.chunks)
    text = pc.fill_null(array.cast(pa.large_string()), "")
    _valid, offsets, data = text.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64)[text.offset : text.offset + len(text) + 1] if len(text) else np.zeros(1, np.int64)
    return np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, np.uint8), starts
