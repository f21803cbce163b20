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
 * A document that does not have the shape that the contract says.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class invalid_document extends \moodle_exception {
    /**
     * Makes the error.
     *
     * @param string $path JSON path
     * @param string $problem what is wrong: a string key of this plugin
     * @param mixed $detail what the sentence of the problem needs
     */
    public function __construct(string $path, string $problem, mixed $detail = null) {
        $sentence = get_string($problem, 'local_parcours', $detail);
        parent::__construct('invaliddocument', 'local_parcours', '', (object) ['path' => $path, 'problem' => $sentence]);
    }
}
