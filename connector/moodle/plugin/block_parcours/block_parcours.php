<?php
// This file is part of the block_parcours plugin for Moodle - https://moodle.org/
//
// block_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// block_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

/**
 * The block "My 18 hours".
 *
 * @package    block_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

/**
 * How far the person who looks at it is in their 18 hours, and the links to their page and report; empty for anybody else.
 *
 * @package    block_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class block_parcours extends block_base {
    #[\Override]
    public function init() {
        $this->title = get_string('pluginname', 'block_parcours');
    }

    #[\Override]
    public function applicable_formats() {
        return ['my' => true];
    }

    #[\Override]
    public function get_content() {
        global $OUTPUT;
        if ($this->content !== null) {
            return $this->content;
        }
        $this->content = (object) ['text' => '', 'footer' => ''];
        if (!isloggedin() || isguestuser()) {
            return $this->content;
        }
        $links = [];
        if ($hours = \local_parcours\output\hours::mine()) {
            $shown = $hours->export_for_template($OUTPUT);
            $this->content->text = $OUTPUT->render_from_template('local_parcours/gauge', $shown);
            $links[] = html_writer::link(\local_parcours\output\hours::address(), get_string('lines', 'local_parcours'));
        }
        if ($report = \local_parcours\local\report_link::mine()) {
            $links[] = html_writer::link($report, get_string('myreport', 'local_parcours'));
        }
        $this->content->footer = implode(html_writer::empty_tag('br'), $links);
        return $this->content;
    }
}
