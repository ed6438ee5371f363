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
    def of_codes(codes: Iterable[int] | NDArray[np.int32], names: Iterable[str]) -> Column:
        """A column of coded words; MISSING is no value."""
        numbers = np.asarray(codes, dtype=np.int32)
        indices = pa.array(numbers, mask=numbers == MISSING)
        return Column(pa.chunked_array([pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))]))

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
        names = array.dictionary.to_pylist()
        codes = pc.fill_null(array.indices, MISSING).to_numpy(zero_copy_only=False).astype(np.int32)
        empty = [place for place, name in enumerate(names) if not name or not name.strip()]
        for place in empty:
            codes[codes == place] = MISSING
        return Coded(codes, names)

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
        whole = encoded.unify_dictionaries().combine_chunks()
        if isinstance(whole, pa.ChunkedArray):
            whole = whole.chunk(0) if whole.num_chunks else pa.array([], pa.string()).dictionary_encode()
        return whole


def _buffers(array: pa.Array) -> tuple[Bytes, NDArray[np.int64]]:
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks == 1 else pa.concat_arrays(array.chunks)
    text = pc.fill_null(array.cast(pa.large_string()), "")
    _valid, offsets, data = text.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64)[text.offset : text.offset + len(text) + 1] if len(text) else np.zeros(1, np.int64)
    return np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, np.uint8), starts
