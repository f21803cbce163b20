<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local;

/**
 * A publication or a query that is refused, with a code of ours and the place in the document.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class refusal extends \moodle_exception {
    /**
     * Makes a refusal.
     *
     * @param string $code error code, which is also the key of the sentence
     * @param string $path JSON path, `$` when the document as a whole is meant
     * @param string $value the value that is refused
     */
    public function __construct(string $code, string $path = '$', string $value = '') {
        parent::__construct($code, 'local_parcours', '', (object) ['path' => $path, 'value' => $value]);
    }
}
